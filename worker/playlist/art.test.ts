import { beforeEach, describe, expect, it } from "vitest";
import { coverKey } from "../../contracts/media.ts";
import { artPath } from "../../contracts/now-json.ts";
import { createWorld, type World } from "../test-world.ts";

const COVER = "c".repeat(64);
const PICTURE = new Uint8Array([0xff, 0xd8, 1, 2, 3]);

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.put(coverKey("demo", COVER), PICTURE.buffer);
});

describe("the picture of what is on", () => {
  it("is given to everyone, for good", async () => {
    const response = await world.fetch(artPath("demo", COVER));
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(PICTURE);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "cache-control": "public, max-age=86400, immutable",
      "access-control-allow-origin": "*",
      etag: `"${COVER}"`,
    });
  });

  it("is read from R2 once, and not at all for who has it", async () => {
    await world.fetch(artPath("demo", COVER));
    await world.settled();
    world.resetCounts();
    const again = await world.fetch(artPath("demo", COVER));
    expect(new Uint8Array(await again.arrayBuffer())).toEqual(PICTURE);
    const known = await world.fetch(artPath("demo", COVER), { headers: { "if-none-match": `"${COVER}"` } });
    expect(known.status).toBe(304);
    expect(world.counts).toMatchObject({ get: 0, match: 1 });
  });

  it("is found in R2 when the cache fails", async () => {
    world.faults.match = () => "throw";
    expect((await world.fetch(artPath("demo", COVER))).status).toBe(200);
  });

  it("is a plain error where there is none, no such station, or R2 fails", async () => {
    const statusOf = async (path: string) => (await world.fetch(path)).status;
    expect(await statusOf(artPath("demo", "d".repeat(64)))).toBe(404);
    expect(await statusOf(artPath("nowhere", COVER))).toBe(404);
    expect(await statusOf("/demo/art/..%2f..%2findex.jpg")).toBe(404);
    world.faults.get = (key) => (key.startsWith("media/") ? "throw" : null);
    expect(await statusOf(artPath("demo", COVER))).toBe(503);
  });
});
