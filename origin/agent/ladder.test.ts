import { describe, expect, it } from "vitest";
import { EXIT } from "../exit-codes.ts";
import { deepFacts, nodeFacts, stationFacts } from "./fixtures/facts.ts";
import { climb, GROUND, type Standing } from "./ladder.ts";
import { RUNGS } from "./rungs.ts";
import type { DeepFacts, NodeFacts } from "./trouble.ts";

type World = { facts: Partial<NodeFacts>; deep?: Partial<DeepFacts> };

/** Looks once a second at a world that may change with the seconds, and tells each move: "second rung action". */
function moves(seconds: number, world: (second: number) => World): string[] {
  let standing: Standing = GROUND;
  const story: string[] = [];
  for (let second = 0; second <= seconds; second++) {
    const { facts, deep } = world(second);
    const looked = nodeFacts({ ...facts, deep: RUNGS[standing.rung].deep ? deepFacts(deep) : null });
    const step = climb(standing, looked, second * 1000);
    if (step.standing !== standing) {
      const { action } = step;
      const what = action === null ? "" : ` ${Object.values(action).join(" ")}`;
      story.push(`${second} ${step.standing.rung}${what}`);
    }
    standing = step.standing;
  }
  return story;
}

const well: World = { facts: {} };
const stuck = (parts: Parameters<typeof stationFacts>[0] = {}): World => ({
  facts: { stations: [stationFacts({ publishedMs: 9000, ...parts })] },
});

describe("The ladder", () => {
  it("leaves a node alone that is well", () => {
    expect(moves(100, () => well)).toEqual([]);
  });

  it("restarts the smallest part at fault, and is well again when that has helped", () => {
    expect(moves(20, (second) => (second < 3 ? stuck() : well))).toEqual(["0 restart restart uploader demo", "3 well"]);
  });

  it("looks again after seven seconds, and restarts another part when now that one is at fault", () => {
    const world = (second: number) => (second < 5 ? stuck({ frameMs: 5000 }) : second < 9 ? stuck() : well);
    expect(moves(20, world)).toEqual(["0 restart restart programme demo", "7 restart restart uploader demo", "9 well"]);
  });

  it("gives up on a part that no restart heals: reports, then ends the process", () => {
    expect(moves(60, () => stuck())).toEqual([
      "0 restart restart uploader demo",
      "7 deep",
      "8 report report",
      `15 leave end ${EXIT.partStuck}`,
    ]);
  });

  it("does not end for what is the edge's fault, and begins anew a minute later", () => {
    const deep = { edge: new Map([["demo", "the edge answered 503"]]) };
    expect(moves(80, () => ({ ...stuck(), deep }))).toEqual([
      "0 restart restart uploader demo",
      "7 deep",
      "8 outside report",
      "68 restart restart uploader demo",
      "75 deep",
      "76 outside report",
    ]);
  });

  it("does not end for what is the fault of a studio elsewhere", () => {
    const lost = stuck({ studio: { origin: "origin-2" }, mixedBehindMs: null, frameMs: 9000 });
    const deep = { source: new Map([["demo", "ECONNREFUSED"]]) };
    expect(moves(30, (second) => (second < 20 ? { ...lost, deep } : well))).toEqual([
      "0 restart restart slicer demo",
      "7 deep",
      "8 outside report",
      "20 well",
    ]);
  });

  it("still helps one station while another waits for somebody else", () => {
    const deep = {
      edge: new Map([
        ["demo", "the station is unknown"],
        ["jazz", null],
      ]),
    };
    const demo = stationFacts({ publishedMs: 9000 });
    const jazz = (second: number) =>
      stationFacts({ slug: "jazz", ...(second >= 20 && second < 23 && { publishedMs: 9000, slicedMs: 9000 }) });
    expect(moves(31, (second) => ({ facts: { stations: [demo, jazz(second)] }, deep }))).toEqual([
      "0 restart restart uploader demo",
      "7 deep",
      "8 outside report",
      "20 restart restart slicer jazz",
      "27 deep",
      "28 outside report",
    ]);
  });

  it.each<[string, Partial<NodeFacts>, number]>([
    ["memory", { memory: { usedBytes: 127 << 20, limitBytes: 128 << 20 } }, EXIT.memory],
    ["descriptors", { descriptors: { used: 1014, limit: 1024 } }, EXIT.descriptors],
  ])("repairs a want of %s, and where that does not help, only a new process does", (resource, facts, code) => {
    expect(moves(60, () => ({ facts }))).toEqual([
      "0 deep",
      `1 repair repair ${resource}`,
      "8 deep",
      "9 report report",
      `16 leave end ${code}`,
    ]);
    expect(moves(60, (second) => (second < 3 ? { facts } : well))).toEqual([
      "0 deep",
      `1 repair repair ${resource}`,
      "3 well",
    ]);
  });

  it("waits off the air for a disk, which no new process empties, and comes back when there is room", () => {
    const full: World = { facts: { disk: { problem: "ENOSPC", freeBytes: 0 } } };
    expect(moves(300, (second) => (second < 200 ? full : well))).toEqual([
      "0 deep",
      "1 repair repair disk",
      "8 deep",
      "9 report report",
      "200 well",
    ]);
  });

  it("takes a node with a wrong clock off the air, unless the edge finds it right", () => {
    const facts = { clockOffsetMs: 300_000 };
    expect(moves(40, () => ({ facts, deep: { clockOffsetMs: 300_000 } }))).toEqual(["0 deep", "1 report report"]);
    expect(moves(40, () => ({ facts, deep: { clockOffsetMs: 0 } }))).toEqual(["0 deep", "1 outside report"]);
  });

  it("says in words what it found", () => {
    const { standing } = climb(GROUND, nodeFacts(stuck().facts), 0);
    expect(standing.detail).toBe("uploader of demo: segments are cut, but not published");
  });
});

describe("The rungs", () => {
  it("want listeners on all but the last two, which control takes for the end", () => {
    const last = Object.entries(RUNGS).filter(([, { serving }]) => !serving);
    expect(last.map(([name]) => name)).toEqual(["report", "leave"]);
  });
});
