import { beforeEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../contracts/delivery.ts";
import type { RoutedStation } from "../../contracts/routing.ts";
import { createWorld, exampleIndex, exampleSegment, numbers, SEGMENT_MS, textOf, type World } from "../test-world.ts";
import { LEAD } from "./extend.ts";

const SEGMENTS_URL = "https://segments.test";
const PLAYLIST = "/demo/aac-48k/live.m3u8";
const STORED = "public/demo/aac-48k/live.m3u8";

let world: World;
let newest: number;
/** Under which name each number was ever listed, by playlist: players give up when one changes. */
let names: Map<string, Set<string>>;

async function start(segmentsUrl: string | null = SEGMENTS_URL, origins = ["a"]) {
  world = await createWorld({ origins, ...(segmentsUrl === null ? {} : { segmentsUrl }) });
  newest = world.newest();
  names = new Map();
}

beforeEach(() => start());

async function deliver(delivery: Delivery, change: Partial<RoutedStation> = {}) {
  await world.routing((routing) => {
    const { demo } = routing.stations;
    if (demo) routing.stations.demo = { ...demo, delivery, renditions: ["aac-48k"], ...change };
  });
  world.clock.skip(1000);
}

/** The next number comes from each of the origins at once, soon after its time. */
async function follow(...origins: string[]) {
  newest += 1;
  world.clock.skip(Math.max(0, (newest + 1) * SEGMENT_MS + 300 - world.clock.now()));
  const held = numbers(newest - 20, newest);
  const segments = held.map((number) => exampleSegment(number, 1, "0".repeat(64), 940));
  const bring = async (origin: string) => {
    const index = JSON.stringify(exampleIndex(origin, segments, { updatedAt: world.clock.now() }));
    expect((await world.upload(origin, "demo/index.json", index)).status).toBe(204);
  };
  await Promise.all((origins.length === 0 ? ["a"] : origins).map(bring));
  await world.settled();
}

function take(kind: string, text: string): string[] {
  const uris = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  for (const uri of uris) {
    const key = `${kind} ${/(\d+)\.ts$/.exec(uri)?.[1]}`;
    names.set(key, (names.get(key) ?? new Set()).add(uri));
  }
  return uris;
}

const listed = async () => take("edge", await textOf(await world.fetch(PLAYLIST)));
const inBucket = async () => {
  const object = await world.bucket.get(STORED);
  return object === null ? null : take("bucket", await object.text());
};
const renamed = () => [...names.values()].filter((uris) => uris.size > 1);

describe("a station whose segments come from the bucket", () => {
  it("names them there from a little later on, and never gives a listed one another name, there and back", async () => {
    for (let step = 0; step < 2; step += 1) await follow();
    expect((await listed()).at(-1)).toBe(`${newest}.ts`);
    await deliver("segments");
    for (let step = 0; step <= LEAD + 2; step += 1) {
      await follow();
      await listed();
      await inBucket();
    }
    expect((await listed()).at(-1)).toBe(`${SEGMENTS_URL}/live/demo/a/aac-48k/${newest}.ts`);
    expect((await inBucket())?.at(-1)).toBe(`${SEGMENTS_URL}/live/demo/a/aac-48k/${newest}.ts`);
    await deliver("edge", { listedUntil: world.clock.now() + 3_600_000 });
    for (let step = 0; step < 13; step += 1) {
      await follow();
      await listed();
      await inBucket();
    }
    expect((await listed()).every((uri) => /^\d+\.ts$/.test(uri))).toBe(true);
    expect((await inBucket())?.at(-1)).toBe(`${world.site}/demo/aac-48k/${newest}.ts`);
    expect(renamed()).toEqual([]);
  });

  it("has the same names at every edge, also one that has just begun", async () => {
    await deliver("segments");
    for (let step = 0; step <= LEAD + 2; step += 1) await follow();
    const before = await listed();
    world.newIsolate();
    expect(await listed()).toEqual(before);
  });

  it("costs one read of R2 a segment, however many listen", async () => {
    await deliver("segments");
    for (let step = 0; step <= LEAD + 1; step += 1) await follow();
    await listed();
    await follow();
    world.newIsolate();
    await listed();
    world.resetCounts();
    for (let listener = 0; listener < 20; listener += 1) await listed();
    expect(world.counts).toMatchObject({ get: 0, head: 0, put: 0 });
    world.newIsolate();
    await listed();
    expect(world.counts.get).toBeLessThanOrEqual(1);
  });

  it("goes on through the edge while R2 takes nothing in, and through the bucket afterwards", async () => {
    await deliver("segments");
    for (let step = 0; step <= LEAD + 1; step += 1) await follow();
    await listed();
    world.faults.put = (key) => (key.startsWith("public/") ? "throw" : null);
    await follow();
    const missing = newest;
    world.clock.skip(2600);
    expect((await listed()).at(-1)).toBe(`${missing}.ts`);
    world.faults.put = () => null;
    await follow();
    await follow();
    expect((await listed()).at(-1)).toContain(SEGMENTS_URL);
    expect(await listed()).toContain(`${missing}.ts`);
    expect(renamed()).toEqual([]);
  });

  it("goes on with the reel when its origins have died", async () => {
    await deliver("segments");
    for (let step = 0; step <= LEAD + 1; step += 1) await follow();
    world.clock.skip(1.8 * SEGMENT_MS);
    expect((await listed()).at(-1)).toBe(`${newest + 1}.ts`);
    await world.settled();
    expect((await inBucket())?.at(-1)).toBe(`${world.site}/demo/aac-48k/${newest + 1}.ts`);
  });

  it("comes through the edge where that was not told where the bucket is open", async () => {
    await start(null);
    await deliver("static");
    for (let step = 0; step <= LEAD + 2; step += 1) await follow();
    expect((await listed()).every((uri) => /^\d+\.ts$/.test(uri))).toBe(true);
    expect(await inBucket()).toBeNull();
  });
});

describe("a station whose playlists are in the bucket as well", () => {
  const variant = async () => (await textOf(await world.fetch("/demo/live.m3u8"))).trim().split("\n").at(-1);

  it("is listened to there once they are kept up, and at the edge again when they are not", async () => {
    await deliver("static");
    expect(await variant()).toBe("aac-48k/live.m3u8");
    await follow();
    expect(await variant()).toBe(`${SEGMENTS_URL}/public/demo/aac-48k/live.m3u8`);
    const multivariant = await world.bucket.get("public/demo/live.m3u8");
    expect(await multivariant?.text()).toMatch(/\naac-48k\/live\.m3u8\n$/);
    expect((await world.bucket.head(STORED))?.httpMetadata).toMatchObject({
      contentType: "application/vnd.apple.mpegurl",
      cacheControl: expect.stringContaining("max-age=1"),
    });
    world.faults.put = () => "throw";
    world.clock.skip(4 * SEGMENT_MS);
    expect(await variant()).toBe("aac-48k/live.m3u8");
  });

  it("gets its reel when someone looks: control does every two seconds", async () => {
    await deliver("static");
    await follow();
    world.clock.skip(1.8 * SEGMENT_MS);
    expect(await (await world.fetch("/demo/health.json")).json()).toMatchObject({ delivery: "static" });
    await world.settled();
    expect((await inBucket())?.at(-1)).toBe(`${world.site}/demo/aac-48k/${newest + 1}.ts`);
  });

  it("writes each playlist once a segment, however many origins bring it", async () => {
    await start(SEGMENTS_URL, ["a", "b"]);
    await deliver("static");
    await follow("a", "b");
    world.resetCounts();
    for (let step = 0; step < 5; step += 1) await follow("a", "b");
    const indexes = 10;
    expect(world.counts.put).toBe(indexes + 5);
  });

  it("leaves nothing behind there that stands still for ever, when its time is over", async () => {
    await deliver("static");
    await follow();
    await deliver("edge", { listedUntil: world.clock.now() });
    await follow();
    expect(await inBucket()).toBeNull();
    expect(await world.bucket.head("public/demo/live.m3u8")).toBeNull();
  });
});

describe("the player page", () => {
  it("may fetch from the bucket, and from nowhere else", async () => {
    for (const path of ["/demo", "/demo/embed"]) {
      const policy = (await world.fetch(path)).headers.get("content-security-policy");
      expect(policy).toContain(`connect-src 'self' ${SEGMENTS_URL};`);
      expect(policy).toContain(`media-src 'self' ${SEGMENTS_URL} blob:;`);
    }
  });
});
