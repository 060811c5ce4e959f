import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog } from "../../kit/log.ts";
import { deepFacts, nodeFacts, stationFacts } from "./fixtures/facts.ts";
import { type Ladder, startLadder } from "./ladder-watch.ts";
import type { NodeFacts } from "./trouble.ts";

const silent = createLog({ write: () => {} });
const stuck: Partial<NodeFacts> = { stations: [stationFacts({ publishedMs: 9000 })] };

let ladder: Ladder | undefined;
beforeEach(() => vi.useFakeTimers());
afterEach(async () => {
  await ladder?.stop();
  vi.useRealTimers();
});

function node(options: { restart?: () => Promise<void>; facts?: Partial<NodeFacts> } = {}) {
  const world = { facts: options.facts ?? {}, asleepMs: 0 };
  const done: string[] = [];
  const looks: { resources: boolean; deep: boolean }[] = [];
  const told: string[] = [];
  ladder = startLadder({
    gather: async (look) => {
      looks.push(look);
      return nodeFacts({ ...world.facts, deep: look.deep ? deepFacts() : null });
    },
    restart: async (part, station) => {
      done.push(`restart ${part} of ${station}`);
      await options.restart?.();
    },
    repair: async (resource) => void done.push(`repair ${resource}`),
    end: (code) => void done.push(`end ${code}`),
    onRung: () => void done.push("beat"),
    incidents: { add: (kind, _station, message) => void told.push(`${kind}: ${message}`) },
    clock: { now: () => Date.now(), monotonic: () => Date.now() + world.asleepMs },
    log: silent,
  });
  return { world, done, looks, told, ladder };
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

describe("A node on its ladder", () => {
  it("serves, looks every second, and asks others nothing while it is well", async () => {
    const { looks, done, ladder } = node();
    await seconds(10);
    expect(looks.length).toBeGreaterThanOrEqual(10);
    expect(looks.every(({ resources, deep }) => !resources && !deep)).toBe(true);
    expect(done).toEqual([]);
    expect(ladder.standing()).toMatchObject({ rung: "well", detail: "", serving: true });
  });

  it("does what the ladder says, tells control at once, and writes down what was tried and that it helped", async () => {
    const { world, done, told, ladder } = node({ facts: stuck });
    await seconds(2);
    expect(done).toEqual(["beat", "restart uploader of demo"]);
    expect(ladder.standing()).toMatchObject({ rung: "restart", serving: true });
    world.facts = {};
    await seconds(2);
    expect(ladder.standing().rung).toBe("well");
    expect(told).toEqual([
      "ladder-restart: uploader of demo: segments are cut, but not published",
      "ladder-well: well again, after: uploader of demo: segments are cut, but not published",
    ]);
  });

  it("stops serving before it ends the process", async () => {
    const { done, looks, ladder } = node({ facts: stuck });
    await seconds(12);
    expect(ladder.standing()).toMatchObject({ rung: "report", serving: false });
    expect(looks.some(({ deep }) => deep)).toBe(true);
    await seconds(8);
    expect(done.at(-1)).toBe("end 80");
    expect(ladder.standing()).toMatchObject({ rung: "leave", serving: false });
  });

  it("goes on though a part cannot be restarted, or not in time", async () => {
    const { done } = node({ facts: stuck, restart: () => new Promise(() => {}) });
    await seconds(40);
    expect(done.at(-1)).toBe("end 80");
  });

  it("takes its own absence for no fault of its parts", async () => {
    const { world, done, ladder } = node();
    await seconds(2);
    world.asleepMs = 30_000;
    world.facts = stuck;
    await seconds(5);
    world.facts = {};
    await seconds(10);
    expect(done).toEqual([]);
    expect(ladder.standing().rung).toBe("well");
  });
});
