import { beforeEach, describe, expect, it } from "vitest";
import { coverKey, originalKey, preparedKey } from "../../contracts/media.ts";
import {
  formatLink,
  type MediaLink,
  mediaPath,
  mediaSigningKey,
  publicMediaKey,
  signedLinkText,
} from "../../contracts/media-link.ts";
import { createWorld, type World } from "../test-world.ts";

const ID = "0b0f1c5e-3f0a-4d6b-8a57-0a0b0c0d0e0f";
const SECRET = "s".repeat(43);
const PREPARED = "a".repeat(64);
const COVER = "c".repeat(64);
const SOUND = new Uint8Array(1000).map((_, index) => index % 251);
const PUBLIC = { schema: 1, prepared: PREPARED, cover: COVER };

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.put(mediaSigningKey("demo"), JSON.stringify({ schema: 1, secret: SECRET }));
  await world.put(originalKey("demo", ID), SOUND.buffer, {
    httpMetadata: { contentType: "audio/mpeg", contentDisposition: 'attachment; filename="a.mp3"' },
  });
  await world.put(preparedKey("demo", PREPARED), SOUND.slice(0, 500).buffer);
  await world.put(coverKey("demo", COVER), SOUND.slice(0, 100).buffer);
});

const publish = (manifest: object = PUBLIC) => world.put(publicMediaKey("demo", ID), JSON.stringify(manifest));
const withdraw = () => world.remove(publicMediaKey("demo", ID));
const soon = (seconds = 600) => Math.floor(world.clock.now() / 1000) + seconds;

function linkOf(parts: Partial<MediaLink> = {}): MediaLink {
  return { station: "demo", media: ID, file: "original", object: null, expires: soon(), ...parts };
}

async function sign(link: MediaLink, secret = SECRET): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(signedLinkText(link)));
  return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const signed = async (parts: Partial<MediaLink> = {}) => formatLink(linkOf(parts), await sign(linkOf(parts)));

async function expectRefusal(path: string, status: number, code: string) {
  const response = await world.fetch(path);
  expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }]);
  expect(response.headers.get("cache-control")).toBe("no-store");
}

describe("a public file", () => {
  it.each([
    ["original", "audio/mpeg", 1000],
    ["prepared", "audio/flac", 500],
    ["cover", "image/jpeg", 100],
  ] as const)("has its %s under an address for everyone, which may be cached", async (file, type, bytes) => {
    await publish();
    const response = await world.fetch(mediaPath("demo", ID, file));
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(SOUND.slice(0, bytes));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": type,
      "content-length": String(bytes),
      "cache-control": "public, max-age=300",
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "access-control-allow-origin": "*",
    });
  });

  it("is given in parts, and not again to whoever has it", async () => {
    await publish();
    const path = mediaPath("demo", ID, "original");
    const part = await world.fetch(path, { headers: { range: "bytes=-10" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 990-999/1000"]);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(SOUND.slice(990));
    const again = await world.fetch(path, { headers: { "if-none-match": part.headers.get("etag") ?? "" } });
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
  });

  it("is withdrawn within half a minute, and public as long after it was made so", async () => {
    const path = mediaPath("demo", ID, "original");
    await expectRefusal(path, 404, "no_such_file");
    await publish();
    world.clock.skip(30_000);
    expect((await world.fetch(path)).status).toBe(200);
    await withdraw();
    world.clock.skip(30_000);
    await expectRefusal(path, 404, "no_such_file");
  });

  it("has no other files, no other names, and no other station", async () => {
    await publish({ ...PUBLIC, cover: null });
    await expectRefusal(mediaPath("demo", ID, "cover"), 404, "no_such_file");
    await expectRefusal(`/demo/media/${ID}/secret`, 404, "no_such_file");
    await expectRefusal(`/demo/media/..%2F..%2Frouting/original`, 404, "no_such_file");
    await expectRefusal(mediaPath("nowhere", ID, "original"), 404, "unknown_station");
    await world.remove(originalKey("demo", ID));
    await expectRefusal(mediaPath("demo", ID, "original"), 404, "no_such_file");
  });

  it("stays public while R2 does not say whether it is", async () => {
    await publish();
    const path = mediaPath("demo", ID, "original");
    expect((await world.fetch(path)).status).toBe(200);
    world.faults.get = (key) => (key === publicMediaKey("demo", ID) ? "throw" : null);
    world.clock.skip(30_000);
    expect((await world.fetch(path)).status).toBe(200);
  });
});

describe("a signed address", () => {
  it.each([
    ["original", null, 1000],
    ["prepared", PREPARED, 500],
    ["cover", COVER, 100],
  ] as const)("leads to the %s of a file that is not public", async (file, object, bytes) => {
    const response = await world.fetch(await signed({ file, object }));
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, bytes]);
    expect(response.headers.get("cache-control")).toMatch(/^private, max-age=(?:600|599)$/);
  });

  it("can be played from any place", async () => {
    const response = await world.fetch(await signed(), { headers: { range: "bytes=500-" } });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([206, 500]);
  });

  it("runs out", async () => {
    const path = await signed({ expires: soon(60) });
    expect((await world.fetch(path)).status).toBe(200);
    world.clock.skip(61_000);
    await expectRefusal(path, 403, "link_expired");
  });

  it.each<[string, (path: string) => string]>([
    ["another file of it", (path) => path.replace("/original", "/prepared")],
    ["another file", (path) => path.replace(ID, crypto.randomUUID())],
    ["a later end", (path) => path.replace(/expires=\d+/, `expires=${soon(9999)}`)],
    ["another object", (path) => path.replace("&signature", `&object=${COVER}&signature`)],
    ["a signature that was changed", (path) => path.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
    ["no signature to speak of", (path) => path.replace(/signature=.*/, "signature=")],
    ["no end", (path) => path.replace(/expires=\d+&/, "")],
    ["an end that is no number", (path) => path.replace(/expires=\d+/, "expires=1e99")],
  ])("leads nowhere with %s", async (_change, tamper) => {
    await expectRefusal(tamper(await signed()), 403, "link_wrong");
  });

  it("leads nowhere when somebody else signed it, or the station has no secret", async () => {
    await expectRefusal(formatLink(linkOf(), await sign(linkOf(), "t".repeat(43))), 403, "link_wrong");
    await world.remove(mediaSigningKey("demo"));
    world.newIsolate();
    await expectRefusal(await signed(), 403, "link_wrong");
    await world.put(mediaSigningKey("demo"), JSON.stringify({ schema: 1, secret: SECRET }));
    world.clock.skip(1000);
    expect((await world.fetch(await signed())).status).toBe(200);
  });

  it("does not make the file public", async () => {
    expect((await world.fetch(await signed())).status).toBe(200);
    await expectRefusal(mediaPath("demo", ID, "original"), 404, "no_such_file");
  });
});
