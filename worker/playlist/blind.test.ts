import { beforeEach, describe, expect, it } from "vitest";
import { EdgeHealth } from "../../contracts/edge-health.ts";
import { NowJson } from "../../contracts/now-json.ts";
import { ROUTING_COPY_KEY, ROUTING_KEY } from "../../contracts/routing.ts";
import { firstFrame, ptsOf, segmentAt, segmentTime } from "../../contracts/timeline.ts";
import { readSegment } from "../reel/test-reader.ts";
import { createWorld, exampleRouting, listedIn, numbers, SEGMENT_MS, textOf, type World } from "../test-world.ts";

const PLAYLIST = "/demo/aac-48k/live.m3u8";
const INDEXES = ["live/demo/a/index.json", "live/demo/b/index.json"];

let world: World;
let newest: number;

beforeEach(async () => {
  world = await createWorld();
  newest = world.newest();
});

async function listing(): Promise<number[]> {
  const response = await world.fetch(PLAYLIST);
  expect(response.status).toBe(200);
  return listedIn(await textOf(response));
}

const bytesOf = async (number: number) => {
  const response = await world.fetch(`/demo/aac-48k/${number}.ts`);
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
};

/** The newest twelve numbers that are over for a segment length at least. */
function byTheClock(): number[] {
  const edge = segmentAt(world.clock.now(), 150) - 2;
  return numbers(edge - 11, edge);
}

const each = (text: string) => async () => {
  for (const key of INDEXES) await world.put(key, text);
};
const publishFirst = () => world.publish("a", numbers(newest - 11, newest));
const FAULTS: [string, () => unknown][] = [
  ["is missing", () => {}],
  ["is cut off", each('{"version":1,"station":"de')],
  ["is of another schema", each('{"version":2}')],
  ["is that of another station", each(JSON.stringify({ version: 1, station: "other", origin: "a" }))],
  ["cannot be read, for R2 fails", () => Object.assign(world.faults, { get: failing(/index\.json$/) })],
];
const failing = (what: RegExp) => (key: string) => (what.test(key) ? ("throw" as const) : null);

describe.each(FAULTS)("a station of which each index %s", (_fault, harm) => {
  beforeEach(() => harm());

  it("is heard from the reel, by the clock, by who has just come", async () => {
    const listed = await listing();
    expect(listed).toEqual(byTheClock());
    for (const number of [listed[0] ?? 0, listed.at(-1) ?? 0]) {
      const segment = readSegment(await bytesOf(number));
      expect(segment.pes[0]?.pts).toBe(ptsOf(firstFrame(number, 150)));
    }
  });
});

describe("a station of which no index can be read", () => {
  it("says that the reel is on", async () => {
    const health = EdgeHealth.parse(await (await world.fetch("/demo/health.json")).json());
    expect(health.listed.map(({ reel }) => reel)).toEqual([true, true]);
    const now = NowJson.parse(await (await world.fetch("/demo/now.json")).json());
    const since = new Date(segmentTime(byTheClock()[0] ?? 0, 150)).toISOString();
    expect(now).toMatchObject({ now: { source: "slate", startsAt: since }, next: [] });
  });

  it("goes on with the clock, and each edge lists the same", async () => {
    const before = await listing();
    world.clock.skip(SEGMENT_MS);
    world.newIsolate();
    expect(await listing()).toEqual(before.map((number) => number + 1));
  });

  it("is heard as the programme where the segments themselves are there", async () => {
    await publishFirst();
    for (const key of INDEXES) await world.put(key, "garbage");
    const [edge = 0] = (await listing()).slice(-1);
    expect((await bytesOf(edge)).length).toBe(5 * 188);
  });

  it("is the programme again as soon as an index can be read, and nothing goes backwards or is refused", async () => {
    world.faults.get = failing(/demo/);
    const listed = await listing();
    await bytesOf(listed.at(-1) ?? 0);
    await publishFirst();
    world.faults.get = () => null;
    world.clock.skip(1001);
    expect((await listing()).at(-1)).toBe(newest);
    expect(newest).toBeGreaterThanOrEqual(listed.at(-1) ?? 0);
    expect((await bytesOf(listed.at(-1) ?? 0)).length).toBe(5 * 188);
    for (const number of listed) await bytesOf(number);
  });

  it("is answered within the time that players have, though R2 and the origins hang", async () => {
    const [edge = 0] = (await listing()).slice(-1);
    world.faults.get = () => "hang";
    for (const origin of ["a", "b"]) world.direct.set(origin, () => new Promise(() => {}));
    const began = Date.now();
    await bytesOf(edge);
    expect(Date.now() - began).toBeLessThan(SEGMENT_MS + 2500);
  });
});

describe("an isolate that starts without the routing object", () => {
  const copy = async () => world.put(ROUTING_COPY_KEY, JSON.stringify(await exampleRouting(["a", "b"])));

  it.each<[string, () => unknown]>([
    ["missing", () => world.remove(ROUTING_KEY)],
    ["cut off", () => world.put(ROUTING_KEY, '{"schema":1,"vers')],
    ["of another schema", () => world.put(ROUTING_KEY, '{"schema":2}')],
    ["unreadable", () => Object.assign(world.faults, { get: failing(/current\.json$/) })],
  ])("which is %s, goes by its copy", async (_fault, harm) => {
    await publishFirst();
    await copy();
    await harm();
    expect(await listing()).toEqual(numbers(newest - 11, newest));
    expect(world.lines.join()).toContain("the routing snapshot is the copy");
  });

  it("goes by what the cache has when the copy is corrupt as well", async () => {
    await publishFirst();
    await listing();
    await world.settled();
    await world.put(ROUTING_KEY, "{");
    await world.put(ROUTING_COPY_KEY, "{");
    world.newIsolate();
    world.clock.skip(1001);
    expect(await listing()).toEqual(numbers(newest - 11, newest));
  });

  it("takes the object itself again once it is there", async () => {
    await publishFirst();
    await copy();
    await world.put(ROUTING_KEY, "{");
    await listing();
    await world.routing((routing) => {
      if (routing.stations.demo) routing.stations.demo.renditions = ["aac-128k"];
    });
    world.clock.skip(1001);
    expect((await world.fetch(PLAYLIST)).status).toBe(404);
  });
});
