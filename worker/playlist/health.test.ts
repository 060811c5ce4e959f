import { beforeEach, describe, expect, it } from "vitest";
import { EdgeHealth } from "../../contracts/edge-health.ts";
import { createWorld, numbers, SEGMENT_MS, type World } from "../test-world.ts";

let world: World;
let newest: number;

beforeEach(async () => {
  world = await createWorld({ weights: { a: 100, b: 50 } });
  newest = world.newest();
});

async function health(): Promise<EdgeHealth> {
  return EdgeHealth.parse(await (await world.fetch("/demo/health.json")).json());
}

describe("a station through the edge's eyes", () => {
  it("tells how new and how old what each origin has is, and that they agree", async () => {
    await world.publish("a", numbers(newest - 3, newest));
    await world.publish("b", numbers(newest - 3, newest - 1), { updatedAt: world.clock.now() - 2000 });
    const { listed, origins } = await health();
    expect(listed).toMatchObject([
      { rendition: "aac-48k", newest, reel: false },
      { rendition: "aac-128k", reel: true },
    ]);
    expect(origins).toMatchObject([
      { origin: "a", weight: 100, newest, agreeing: 3, differing: [] },
      { origin: "b", weight: 50, newest: newest - 1, agreeing: 3, differing: [] },
    ]);
    expect(origins[0]?.ageMs).toBeLessThan(2000);
    expect(origins[1]?.ageMs).toBeGreaterThanOrEqual(2000);
  });

  it("tells which segments of one generation differ", async () => {
    await world.publish("a", numbers(newest - 3, newest));
    const index = await world.publish("b", numbers(newest - 3, newest));
    for (const { number, renditions } of index.segments) {
      if (number === newest) Object.assign(renditions["aac-48k"] ?? {}, { sha256: "0".repeat(64) });
    }
    await world.put("live/demo/b/index.json", JSON.stringify(index));
    const { origins } = await health();
    expect(origins).toMatchObject([
      { agreeing: 3, differing: [newest] },
      { agreeing: 3, differing: [newest] },
    ]);
  });

  it("compares no segments of different generations", async () => {
    await world.publish("a", [newest], { generation: 1 });
    await world.publish("b", [newest], { generation: 2 });
    expect((await health()).origins).toMatchObject([
      { agreeing: 0, differing: [] },
      { agreeing: 0, differing: [] },
    ]);
  });

  it("says of an origin without an index that there is none, and of the reel that it is heard", async () => {
    await world.publish("a", [newest]);
    world.clock.skip(3 * SEGMENT_MS);
    const { listed, origins } = await health();
    expect(listed[0]).toEqual({ rendition: "aac-48k", newest: newest + 2, reel: true });
    expect(origins[1]).toMatchObject({ origin: "b", newest: null, ageMs: null });
  });

  it("sees an origin that R2 does not show", async () => {
    const index = await world.publish("a", [newest]);
    world.faults.get = (key) => (key.startsWith("live/") ? "throw" : null);
    world.direct.set("a", () => Response.json(index));
    expect((await health()).origins[0]).toMatchObject({ origin: "a", newest });
  });

  it("is kept nowhere, and costs no more reads than a playlist", async () => {
    await world.publish("a", [newest]);
    const first = await world.fetch("/demo/health.json");
    expect(first.headers.get("cache-control")).toBe("no-store");
    world.resetCounts();
    await health();
    expect(world.counts).toMatchObject({ get: 0, match: 0, direct: 0 });
    expect((await world.fetch("/nowhere/health.json")).status).toBe(404);
  });
});
