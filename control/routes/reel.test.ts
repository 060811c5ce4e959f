import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { MAX_REEL_BYTES, ReelManifest } from "../../contracts/reel.ts";
import { reelKey, reelManifestKey } from "../../contracts/storage.ts";
import { ADMIN, call, createStation } from "./test-client.ts";

/** One piece of 188 bytes, and its hash. */
const OBJECT = new Uint8Array(188).fill(0x47);
const SHA256 = "cf6f0c4a7e0f4e5bc0a4e5f7e1c39e4b5b9b8d5f3a1f6d8e7c2b1a0998877665";

let slug: string;
let stations = 0;

beforeEach(async () => {
  stations += 1;
  slug = `reel-${stations}`;
  expect((await createStation(slug)).status).toBe(201);
});

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function store(sha256: string, bytes: Uint8Array<ArrayBuffer> = OBJECT): Promise<number> {
  const address = `https://control.example/api/v1/stations/${slug}/reel/${sha256}`;
  const headers = { authorization: `Bearer ${ADMIN}`, "content-type": "video/mp2t" };
  return (await exports.default.fetch(address, { method: "PUT", body: bytes, headers })).status;
}

function manifestOf(sha256: string, title = "Ours"): ReelManifest {
  return { version: 1, title, renditions: { "aac-48k": { sha256, pieces: [188] } } };
}

async function put(title: string, fill: number): Promise<string> {
  const bytes = new Uint8Array(188).fill(fill);
  const sha256 = await hashOf(bytes);
  expect(await store(sha256, bytes)).toBe(204);
  expect((await call("PUT", `stations/${slug}/reel`, manifestOf(sha256, title))).status).toBe(200);
  return sha256;
}

describe("a station's own reel", () => {
  it("is the default one, until one is set whose objects are there", async () => {
    expect((await call("GET", `stations/${slug}/reel`)).status).toBe(404);
    const sha256 = await put("Ours", 1);
    expect((await call("GET", `stations/${slug}/reel`)).body).toEqual(manifestOf(sha256));
    const stored = await env.MEDIA.get(reelManifestKey(slug));
    expect(ReelManifest.parse(await stored?.json())).toEqual(manifestOf(sha256));
    expect((await env.MEDIA.head(reelKey(slug, sha256)))?.size).toBe(188);
  });

  it("is changed as a whole: what the one before it was made of is forgotten", async () => {
    const before = await put("Ours", 1);
    const after = await put("Ours, better", 2);
    expect(await env.MEDIA.head(reelKey(slug, before))).toBeNull();
    expect(await env.MEDIA.head(reelKey(slug, after))).not.toBeNull();
    await put("Ours, renamed", 2);
    expect(await env.MEDIA.head(reelKey(slug, after))).not.toBeNull();
  });

  it("is removed with all it was made of, and once is enough", async () => {
    const sha256 = await put("Ours", 1);
    expect((await call("DELETE", `stations/${slug}/reel`)).status).toBe(204);
    expect((await call("DELETE", `stations/${slug}/reel`)).status).toBe(204);
    expect((await call("GET", `stations/${slug}/reel`)).status).toBe(404);
    expect(await env.MEDIA.head(reelKey(slug, sha256))).toBeNull();
  });

  it("is told of in the incidents, with who did it", async () => {
    await put("Ours", 1);
    await call("DELETE", `stations/${slug}/reel`);
    expect((await call("GET", `incidents?station=${slug}&limit=2`)).body.items).toMatchObject([
      { kind: "reel-removed", station: slug, actor: "admin bootstrap" },
      { kind: "reel-set", station: slug, message: 'the reel is "Ours" now' },
    ]);
  });

  it("is not set while an object is missing or of another size", async () => {
    expect((await call("PUT", `stations/${slug}/reel`, manifestOf(SHA256))).body.error.code).toBe("reel_incomplete");
    const sha256 = await put("Ours", 1);
    const longer = { ...manifestOf(sha256), renditions: { "aac-48k": { sha256, pieces: [188, 188] } } };
    expect((await call("PUT", `stations/${slug}/reel`, longer)).status).toBe(422);
    expect((await call("GET", `stations/${slug}/reel`)).body).toEqual(manifestOf(sha256));
  });

  it("takes no object of another hash, nor one that is too large", async () => {
    expect(await store(SHA256)).toBe(422);
    const large = new Uint8Array(MAX_REEL_BYTES);
    expect(await store(await hashOf(large), large)).toBe(204);
    const tooLarge = new Uint8Array(MAX_REEL_BYTES + 1);
    expect(await store(await hashOf(tooLarge), tooLarge)).toBe(413);
  });

  it.each([
    { version: 2 },
    { renditions: { mp3: {} } },
    { renditions: { "aac-48k": { sha256: SHA256, pieces: [187] } } },
  ])("is no manifest like %j", async (change) => {
    expect((await call("PUT", `stations/${slug}/reel`, { ...manifestOf(SHA256), ...change })).status).toBe(422);
  });

  it("is that of a station that exists, set by an admin", async () => {
    expect((await call("GET", "stations/nowhere/reel")).status).toBe(404);
    expect((await call("PUT", `stations/${slug}/reel`, manifestOf(SHA256), "wrong")).status).toBe(401);
  });
});
