import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { NowJson } from "../../contracts/now-json.ts";
import { PublishedAnswer } from "../../contracts/published.ts";
import { ReelManifest } from "../../contracts/reel.ts";
import { counterAfter } from "../../contracts/station-index.ts";
import { reelKey, reelManifestKey } from "../../contracts/storage.ts";
import { firstFrame, ptsOf, segmentTime } from "../../contracts/timeline.ts";
import { sha256Of } from "../sha256.ts";
import { createWorld, listedIn, numbers, SEGMENT_MS, soundSegment, TOKENS, textOf, type World } from "../test-world.ts";
import { readSegment } from "./test-reader.ts";

const PLAYLIST = "/demo/aac-48k/live.m3u8";
/** Packets of audio in a segment of the test world. */
const PACKETS = 3;

let world: World;
let newest: number;

beforeEach(async () => {
  world = await createWorld();
  newest = world.newest();
  await world.publish("a", numbers(newest - 11, newest));
});

const path = (number: number) => `/demo/aac-48k/${number}.ts`;
/** With which the programme would go on after `newest`. */
const counterToGoOnWith = () => counterAfter({ counter: (newest * PACKETS) % 16, bytes: 940 });

async function listing(): Promise<number[]> {
  const response = await world.fetch(PLAYLIST);
  expect(response.status).toBe(200);
  return listedIn(await textOf(response));
}

async function bytesOf(number: number): Promise<Uint8Array<ArrayBuffer>> {
  const response = await world.fetch(path(number));
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

/** The segment under a number, which must be one of the reel, in its place on the timeline. */
async function reelAt(number: number) {
  const segment = readSegment(await bytesOf(number));
  expect(segment.tableCounters).toEqual([number % 16, number % 16]);
  expect(segment.pes[0]?.pts).toBe(ptsOf(firstFrame(number, 150)));
  const [first = -1] = segment.audioCounters;
  expect(segment.audioCounters).toEqual(segment.audioCounters.map((_, index) => (first + index) % 16));
  return { counter: first, next: (first + segment.audioCounters.length) % 16 };
}

async function now(): Promise<NowJson> {
  return NowJson.parse(await (await world.fetch("/demo/now.json")).json());
}

/** A reel of the station's own: the first pieces of the default one's other rendition, under another title. */
async function storeOwnReel(change: { object?: ArrayBuffer; stored?: ArrayBuffer } = {}) {
  const asset = (name: string) => env.ASSETS.fetch(`https://assets.test/assets/reel/${name}`);
  const { renditions } = ReelManifest.parse(await (await asset("manifest.json")).json());
  const { sha256 = "", pieces = [] } = renditions["aac-128k"] ?? {};
  const first = pieces.slice(0, 4);
  const length = first.reduce((sum, each) => sum + each, 0);
  const object = change.object ?? (await (await asset(`${sha256}.mpegts`)).arrayBuffer()).slice(0, length);
  const own = { sha256: await sha256Of(object), pieces: change.object === undefined ? first : [object.byteLength] };
  const manifest = { version: 1, title: "Our own reel", renditions: { "aac-48k": own } };
  await world.put(reelKey("demo", own.sha256), change.stored ?? object);
  await world.put(reelManifestKey("demo"), JSON.stringify(manifest));
}

describe("when all origins are dead", () => {
  it("the reel goes on from the last segment in times and counters, and every listed number can be had", async () => {
    world.clock.skip(4.8 * SEGMENT_MS);
    expect(await listing()).toEqual(numbers(newest - 7, newest + 4));
    for (const number of numbers(newest + 1, newest + 4)) {
      expect(await reelAt(number)).toEqual({ counter: counterToGoOnWith(), next: counterToGoOnWith() });
    }
    expect((await world.fetch(path(newest + 6))).status).toBe(404);
  });

  it("what comes after all under a number of the reel is not heard, and changes no counter after it", async () => {
    world.clock.skip(3.8 * SEGMENT_MS);
    expect((await listing()).at(-1)).toBe(newest + 3);
    const reel = await bytesOf(newest + 2);
    await world.publish("b", numbers(newest - 9, newest + 2), { updatedAt: world.clock.now() - SEGMENT_MS });
    world.clock.skip(1000);
    await listing();
    expect(await bytesOf(newest + 2)).toEqual(reel);
    // Nobody has asked for this one before, yet it was listed.
    expect(await reelAt(newest + 1)).toEqual({ counter: counterToGoOnWith(), next: counterToGoOnWith() });
    expect(await reelAt(newest + 3)).toEqual({ counter: counterToGoOnWith(), next: counterToGoOnWith() });
  });

  it("each edge plays the same under the same number", async () => {
    world.clock.skip(3 * SEGMENT_MS);
    const here = await bytesOf(newest + 2);
    world.newIsolate();
    expect(await bytesOf(newest + 2)).toEqual(here);
  });

  it("it goes on for as long as it takes", async () => {
    await listing();
    world.clock.skip(86_400_000);
    const listed = await listing();
    expect(listed).toHaveLength(12);
    await reelAt(listed.at(-1) ?? 0);
    await reelAt(listed[0] ?? 0);
  });

  it("the next number of the reel is held until its time, as any other", async () => {
    world.clock.skip(4.4 * SEGMENT_MS);
    const began = Date.now();
    await reelAt(newest + 4);
    expect(Date.now() - began).toBeGreaterThan(200);
  });

  it("it is heard with R2 gone as well", async () => {
    await listing();
    world.faults.get = () => "throw";
    world.clock.skip(3 * SEGMENT_MS);
    expect((await listing()).at(-1)).toBe(newest + 2);
    await reelAt(newest + 2);
  });

  it("it is heard in time with R2 hanging", async () => {
    await listing();
    world.clock.skip(3 * SEGMENT_MS);
    await listing();
    world.faults.get = () => "hang";
    const began = Date.now();
    await reelAt(newest + 2);
    expect(Date.now() - began).toBeLessThan(SEGMENT_MS);
  });

  it("now.json says so", async () => {
    world.clock.skip(3 * SEGMENT_MS);
    expect(await now()).toMatchObject({
      now: {
        source: "slate",
        title: "We will be right back",
        startsAt: new Date(segmentTime(newest + 1, 150)).toISOString(),
      },
      next: [],
    });
  });

  it("the answer may be kept elsewhere for some seconds only, and is nowhere kept as the programme", async () => {
    world.clock.skip(3 * SEGMENT_MS);
    const response = await world.fetch(path(newest + 2));
    expect(response.headers.get("cache-control")).toBe("public, max-age=10");
    await response.arrayBuffer();
    await world.settled();
    expect(await caches.default.match(world.site + path(newest + 2))).toBeUndefined();
  });
});

describe("when origins return", () => {
  async function published() {
    const headers = { authorization: `Bearer ${TOKENS.a}` };
    return PublishedAnswer.parse(await (await world.fetch("/origin/v1/demo/published", { headers })).json()).published;
  }

  it("a studio is told to go on after the reel, with counters as if there had been none", async () => {
    world.clock.skip(4.8 * SEGMENT_MS);
    const answer = await published();
    expect(answer).toEqual({ segment: newest + 4, generation: 1, counters: { "aac-48k": counterToGoOnWith() } });
    expect((await listing()).at(-1)).toBe(newest + 4);
  });

  it("a studio is not told of a number that the reel will take before it could make it", async () => {
    world.clock.skip(4.65 * SEGMENT_MS);
    expect((await published())?.segment).toBe(newest + 4);
  });

  it("the programme resumes at the next number, and what the reel was heard under stays", async () => {
    world.clock.skip(4.8 * SEGMENT_MS);
    await listing();
    world.clock.skip(0.3 * SEGMENT_MS);
    await world.publish("a", [...numbers(newest - 11, newest), newest + 5], { generation: 2 });
    world.clock.skip(1000);
    expect(await listing()).toEqual(numbers(newest - 6, newest + 5));
    expect((await now()).now).toBeNull();
    expect((await bytesOf(newest + 5)).length).toBe(5 * 188);
    world.newIsolate();
    expect(await listing()).toEqual(numbers(newest - 6, newest + 5));
    await reelAt(newest + 3);
  });

  it("an origin that has forgotten what was before the reel withdraws nothing", async () => {
    world.clock.skip(4.8 * SEGMENT_MS);
    await world.publish("a", [newest + 5]);
    await reelAt(newest + 4);
  });
});

describe("a hole in the programme", () => {
  it("is filled from the reel, and the segment after it counts on from there to where it would have ended", async () => {
    const index = await world.publish("a", [...numbers(newest - 11, newest - 3), newest]);
    const bytes = await soundSegment(newest);
    const copy = { sha256: await sha256Of(bytes), bytes: bytes.length, counter: 0 };
    for (const { number, renditions } of index.segments) if (number === newest) renditions["aac-48k"] = copy;
    await world.put("live/demo/a/index.json", JSON.stringify(index));
    await world.put(`live/demo/a/aac-48k/${newest}.ts`, bytes.buffer);
    expect(await listing()).toEqual(numbers(newest - 11, newest));
    const before = ((newest - 2) * PACKETS) % 16;
    expect(await reelAt(newest - 2)).toEqual({ counter: before, next: before });
    expect(await reelAt(newest - 1)).toEqual({ counter: before, next: before });
    expect(await reelAt(newest)).toEqual({ counter: before, next: counterAfter(copy) });
  });

  it("is heard from the reel where a listed segment cannot be had, and as it is once it can", async () => {
    world.faults.get = (key) => (key.endsWith(".ts") ? "throw" : null);
    expect(await reelAt(newest - 1)).toEqual({ counter: ((newest - 1) * PACKETS) % 16, next: (newest * PACKETS) % 16 });
    world.faults.get = () => null;
    world.clock.skip(1001);
    expect((await bytesOf(newest - 1)).length).toBe(5 * 188);
  });

  it("is heard from the reel after one segment length where the search takes longer", async () => {
    world.faults.get = (key) => (key.endsWith(".ts") ? "hang" : null);
    for (const origin of ["a", "b"]) world.direct.set(origin, () => new Promise(() => {}));
    const began = Date.now();
    await reelAt(newest);
    expect(Date.now() - began).toBeLessThan(SEGMENT_MS + 1000);
  });
});

describe("a station's own reel", () => {
  beforeEach(() => world.clock.skip(3 * SEGMENT_MS));

  it("is played instead of the default one, for every rendition", async () => {
    const response = await world.fetch(path(newest + 2));
    await storeOwnReel();
    world.newIsolate();
    const own = await world.fetch(path(newest + 2));
    expect(own.headers.get("etag")).not.toBe(response.headers.get("etag"));
    expect((await now()).now?.title).toBe("Our own reel");
    await reelAt(newest + 1);
  });

  it("is known for good once it was read", async () => {
    await storeOwnReel();
    await reelAt(newest + 1);
    world.faults.get = () => "throw";
    world.clock.skip(600_000);
    expect((await now()).now?.title).toBe("Our own reel");
  });

  it.each([
    ["that is corrupt", () => storeOwnReel({ stored: new ArrayBuffer(188 * 232) })],
    ["whose manifest is none", () => world.put(reelManifestKey("demo"), '{"version":2}')],
    ["that is no transport stream", () => storeOwnReel({ object: new ArrayBuffer(188 * 400) })],
    ["whose object is missing", () => storeOwnReel().then(() => world.put(reelManifestKey("demo"), missingObject))],
  ])("%s gives way to the default one", async (_, store) => {
    await store();
    await reelAt(newest + 2);
    expect((await now()).now?.title).toBe("We will be right back");
    expect(world.lines.join()).toContain("cannot read the reel of demo");
  });

  it("is asked for once, however many listen", async () => {
    await listing();
    world.resetCounts();
    await Promise.all(Array.from({ length: 30 }, () => world.fetch(path(newest + 2))));
    expect(world.counts.get).toBeLessThanOrEqual(3);
  });
});

it("a segment is 503 when there is not even a reel", async () => {
  world.clock.skip(3 * SEGMENT_MS);
  world.faults.assets = () => "throw";
  const response = await world.fetch(path(newest + 2));
  expect(response.status).toBe(503);
  expect(response.headers.get("cache-control")).toBe("no-store");
});

const missingObject = JSON.stringify({
  version: 1,
  title: "Missing",
  renditions: { "aac-48k": { sha256: "0".repeat(64), pieces: [188] } },
});
