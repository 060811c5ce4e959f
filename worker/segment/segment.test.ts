import { beforeEach, describe, expect, it, vi } from "vitest";
import { readSegment } from "../reel/test-reader.ts";
import { sha256Of } from "../sha256.ts";
import { createWorld, numbers, SEGMENT_MS, segmentBytes, type World } from "../test-world.ts";

let world: World;
let newest: number;

beforeEach(async () => {
  world = await createWorld();
  newest = world.newest();
  await world.publish("a", numbers(newest - 11, newest));
  await world.publish("b", numbers(newest - 11, newest));
});

const path = (number: number) => `/demo/aac-48k/${number}.ts`;

async function bytesOf(response: Response): Promise<Uint8Array> {
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

describe("a segment", () => {
  it("is immutable, named by its hash, playable from any site", async () => {
    const response = await world.fetch(path(newest));
    expect(await bytesOf(response)).toEqual(segmentBytes(newest));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "video/mp2t",
      "cache-control": "public, max-age=86400, immutable",
      etag: `"${await sha256Of(segmentBytes(newest))}"`,
      "content-length": "940",
      "accept-ranges": "bytes",
      "access-control-allow-origin": "*",
      "x-content-type-options": "nosniff",
    });
  });

  it("answers 304 to who has it", async () => {
    const etag = (await world.fetch(path(newest))).headers.get("etag") ?? "";
    expect((await world.fetch(path(newest), { headers: { "if-none-match": etag } })).status).toBe(304);
  });

  it("answers HEAD with the same headers and no body", async () => {
    const head = await world.fetch(path(newest), { method: "HEAD", headers: { range: "bytes=0-9" } });
    expect(head.status).toBe(200);
    expect(head.headers.get("content-type")).toBe("video/mp2t");
    expect(head.headers.get("content-length")).toBe("940");
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });

  it("answers a range with 206 and a range outside with 416", async () => {
    const part = await world.fetch(path(newest), { headers: { range: "bytes=188-375" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe("bytes 188-375/940");
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(segmentBytes(newest).slice(188, 376));
    const outside = await world.fetch(path(newest), { headers: { range: "bytes=940-" } });
    expect(outside.status).toBe(416);
    expect(outside.headers.get("content-range")).toBe("bytes */940");
  });

  it("obeys If-Range: the part for who has these bytes, the whole for who has others", async () => {
    const etag = (await world.fetch(path(newest))).headers.get("etag") ?? "";
    const range = "bytes=0-187";
    expect((await world.fetch(path(newest), { headers: { range, "if-range": etag } })).status).toBe(206);
    expect((await world.fetch(path(newest), { headers: { range, "if-range": '"other"' } })).status).toBe(200);
  });
});

describe("the reads behind a segment", () => {
  it("are one get and one look into the cache for all who ask at once, and none for who asks later", async () => {
    await world.fetch("/demo/aac-48k/live.m3u8");
    await world.settled();
    world.resetCounts();
    const responses = await Promise.all(Array.from({ length: 50 }, () => world.fetch(path(newest))));
    for (const response of responses) expect(response.status).toBe(200);
    expect(world.counts).toMatchObject({ get: 1, match: 1, keep: 1, direct: 0 });
    world.resetCounts();
    await world.fetch(path(newest));
    expect(world.counts).toMatchObject({ get: 0, match: 0, keep: 0, direct: 0 });
  });

  it("are none of R2 in another isolate of the data centre", async () => {
    await world.fetch(path(newest));
    await world.settled();
    world.newIsolate();
    world.resetCounts();
    expect(await bytesOf(await world.fetch(path(newest)))).toEqual(segmentBytes(newest));
    expect(world.counts).toMatchObject({ get: 0, match: 4 });
  });

  it("are not multiplied by query strings", async () => {
    await world.fetch(path(newest));
    await world.settled();
    world.newIsolate();
    await world.fetch("/demo/aac-48k/live.m3u8");
    world.resetCounts();
    expect((await world.fetch(`${path(newest)}?bust=1`)).status).toBe(200);
    expect(world.counts.get).toBe(0);
  });
});

describe("failover of a segment", () => {
  const segmentOf = (origin: string) => (key: string) => key.includes(`/${origin}/`) && key.endsWith(".ts");
  const anySegment = (key: string) => key.endsWith(".ts");

  it("goes to R2 of the next origin when one fails", async () => {
    world.faults.get = (key) => (segmentOf("a")(key) ? "throw" : null);
    for (const number of numbers(newest - 5, newest)) {
      expect(await bytesOf(await world.fetch(path(number)))).toEqual(segmentBytes(number));
    }
    expect(world.counts.direct).toBe(0);
  });

  it("goes on when R2 hangs for one origin", async () => {
    world.faults.get = (key) => (segmentOf("a")(key) ? "hang" : null);
    const responses = await Promise.all(numbers(newest - 5, newest).map((number) => world.fetch(path(number))));
    for (const response of responses) expect(response.status).toBe(200);
  });

  it("goes straight to the origins when R2 throws for all", async () => {
    world.faults.get = (key) => (anySegment(key) ? "throw" : null);
    world.direct.set("b", (asked) => (asked === path(newest) ? new Response(segmentBytes(newest)) : null));
    expect(await bytesOf(await world.fetch(path(newest)))).toEqual(segmentBytes(newest));
  });

  it("asks the origin itself next when R2 hangs", async () => {
    world.faults.get = (key) => (anySegment(key) ? "hang" : null);
    for (const origin of ["a", "b"]) world.direct.set(origin, () => new Response(segmentBytes(newest)));
    await world.fetch("/demo/aac-48k/live.m3u8");
    world.resetCounts();
    expect(await bytesOf(await world.fetch(path(newest)))).toEqual(segmentBytes(newest));
    expect(world.counts).toMatchObject({ get: 1, direct: 1 });
  });

  it("serves and keeps no wrong bytes, wherever they come from", async () => {
    world.resetCounts();
    for (const origin of ["a", "b"]) {
      await world.put(`live/demo/${origin}/aac-48k/${newest}.ts`, "not what the index says");
      world.direct.set(origin, () => new Response(segmentBytes(newest - 1)));
    }
    const instead = await world.fetch(path(newest));
    expect(instead.headers.get("cache-control")).toBe("public, max-age=10");
    expect(readSegment(await bytesOf(instead)).tableCounters).toEqual([newest % 16, newest % 16]);
    await world.settled();
    const cached = await caches.default.match(world.site + path(newest));
    expect(cached).toBeUndefined();
    world.clock.skip(1001);
    world.direct.set("b", () => new Response(segmentBytes(newest)));
    expect(await bytesOf(await world.fetch(path(newest)))).toEqual(segmentBytes(newest));
  });

  it("takes no endless body from an origin", async () => {
    world.faults.get = (key) => (anySegment(key) ? "throw" : null);
    const endless = () =>
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }, { highWaterMark: 0 });
    for (const origin of ["a", "b"]) world.direct.set(origin, () => new Response(endless()));
    expect(readSegment(await bytesOf(await world.fetch(path(newest)))).pes.length).toBeGreaterThan(1);
    expect(world.lines.join()).toContain("TooLargeError");
  });

  it("prefers the higher generation, and falls back to the lower", async () => {
    await world.publish("b", numbers(newest - 11, newest), { generation: 2 });
    expect(await bytesOf(await world.fetch(path(newest)))).toEqual(segmentBytes(newest, 2));
    world.faults.get = (key) => (segmentOf("b")(key) ? "throw" : null);
    expect(await bytesOf(await world.fetch(path(newest - 1)))).toEqual(segmentBytes(newest - 1, 1));
  });

  it("serves from memory what it has served, with everything else out", async () => {
    await world.fetch(path(newest));
    world.faults.get = () => "throw";
    world.faults.match = () => "throw";
    world.clock.skip(600_000);
    expect(await bytesOf(await world.fetch(path(newest)))).toEqual(segmentBytes(newest));
  });
});

describe("the segment due next", () => {
  it("is held until it is there", async () => {
    await world.fetch("/demo/aac-48k/live.m3u8");
    let answered = false;
    const held = world.fetch(path(newest + 1)).then((response) => {
      answered = true;
      return response;
    });
    await vi.waitFor(() => expect(world.counts.get).toBeGreaterThan(0));
    expect(answered).toBe(false);
    world.clock.skip(SEGMENT_MS - 200);
    await world.publish("a", numbers(newest - 11, newest + 1));
    expect(await bytesOf(await held)).toEqual(segmentBytes(newest + 1));
  });

  it("is heard from the reel when it does not come in one and three quarter segment lengths", async () => {
    const held = world.fetch(path(newest + 1));
    await vi.waitFor(() => expect(world.counts.get).toBeGreaterThan(2));
    world.clock.skip(1.75 * SEGMENT_MS);
    expect(readSegment(await bytesOf(await held)).pes.length).toBeGreaterThan(1);
  });

  it("is the only one that is held", async () => {
    const begin = Date.now();
    const response = await world.fetch(path(newest + 2));
    expect(response.status).toBe(404);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(Date.now() - begin).toBeLessThan(SEGMENT_MS);
  });
});

describe("an old segment", () => {
  it("is served from R2 though no index lists it, when R2's checksum vouches for it", async () => {
    await world.publish("b", [newest - 500]);
    await world.publish("b", numbers(newest - 11, newest));
    expect(await bytesOf(await world.fetch(path(newest - 500)))).toEqual(segmentBytes(newest - 500));
  });

  it("is not served when nothing vouches for its bytes", async () => {
    await world.put(`live/demo/b/aac-48k/${newest - 500}.ts`, "whatever");
    expect((await world.fetch(path(newest - 500))).status).toBe(404);
  });

  it("is 404 after a bounded number of reads when nobody has it", async () => {
    await world.fetch("/demo/aac-48k/live.m3u8");
    world.resetCounts();
    const response = await world.fetch(path(newest - 500));
    expect(response.status).toBe(404);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(world.counts).toMatchObject({ get: 2, direct: 0 });
  });

  it("costs no read when it is older than what is kept", async () => {
    await world.fetch("/demo/aac-48k/live.m3u8");
    world.resetCounts();
    expect((await world.fetch(path(newest - 40_000))).status).toBe(404);
    expect(world.counts).toMatchObject({ get: 0, match: 0 });
  });
});

it.each([
  "/demo/aac-48k/007.ts",
  "/demo/aac-48k/-1.ts",
  "/demo/aac-48k/1e3.ts",
  "/demo/aac-64k/1.ts",
  "/x/aac-48k/1.ts",
])("%s is no segment", async (wrong) => {
  expect((await world.fetch(wrong)).status).toBe(404);
});
