import { beforeEach, describe, expect, it } from "vitest";
import { PublishedAnswer } from "../../contracts/published.ts";
import { MAX_INDEX_BYTES, MAX_SEGMENT_BYTES } from "../../contracts/storage.ts";
import { sha256Of } from "../sha256.ts";
import {
  contentDigest,
  createWorld,
  exampleIndex,
  exampleSegment,
  numbers,
  soundSegment,
  TOKENS,
  type World,
} from "../test-world.ts";

let world: World;
let newest: number;
let sound: Uint8Array<ArrayBuffer>;

beforeEach(async () => {
  world = await createWorld();
  newest = world.newest();
  sound = await soundSegment(newest);
});

const segment = (station = "demo") => `${station}/aac-48k/${newest}.ts`;

function indexText(origin: string, held: number[], change = {}): string {
  const segments = held.map((number) => exampleSegment(number, 1, "0".repeat(64), 940));
  return JSON.stringify(exampleIndex(origin, segments, { updatedAt: world.clock.now(), ...change }));
}

async function expectRefusal(response: Response, status: number, code: string) {
  expect(await response.json()).toMatchObject({ error: { code } });
  expect(response.status).toBe(status);
  expect(response.headers.get("cache-control")).toBe("no-store");
}

describe("uploading a segment", () => {
  it("stores it under the origin's own prefix, with type and hash, and it can be listened to", async () => {
    const bytes = sound;
    expect((await world.upload("a", segment(), bytes)).status).toBe(204);
    const stored = await world.bucket.get(`live/demo/a/aac-48k/${newest}.ts`);
    expect(new Uint8Array((await stored?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(bytes);
    expect(stored?.httpMetadata?.contentType).toBe("video/mp2t");
    expect(stored?.checksums.toJSON().sha256).toBe(await sha256Of(bytes));
    const listed = exampleSegment(newest, 1, await sha256Of(bytes), bytes.length);
    const index = JSON.stringify(exampleIndex("a", [listed], { updatedAt: world.clock.now() }));
    expect((await world.upload("a", "demo/index.json", index)).status).toBe(204);
    expect((await world.fetch(`/${segment()}`)).status).toBe(200);
  });

  it.each([
    ["no token", {}, 401, "token_missing"],
    ["another scheme", { authorization: "Basic dXNlcjpwYXNz" }, 401, "token_missing"],
    ["a wrong token", { authorization: "Bearer guess" }, 401, "token_wrong"],
    ["an empty token", { authorization: "Bearer " }, 401, "token_missing"],
    ["another origin's name", { authorization: `Bearer ${TOKENS.a}`, "x-origin-id": "b" }, 403, "foreign_prefix"],
  ])("is refused with %s", async (_, headers, status, code) => {
    const init = { method: "PUT", body: sound, headers: headers as Record<string, string> };
    await expectRefusal(await world.fetch(`/origin/v1/${segment()}`, init), status, code);
    expect(world.counts.put).toBe(0);
  });

  it("is refused for an origin whose token is revoked, within two seconds", async () => {
    expect((await world.upload("a", segment(), sound)).status).toBe(204);
    await world.routing((routing) => {
      if (routing.origins.a) routing.origins.a.tokenHash = null;
    });
    world.clock.skip(2000);
    await expectRefusal(await world.upload("a", segment(), sound), 401, "token_wrong");
  });

  it("is taken from an origin that was registered a moment ago", async () => {
    expect((await world.upload("a", segment(), sound)).status).toBe(204);
    await world.routing((routing) => {
      Object.assign(routing.origins, { c: { ...routing.origins.a, tokenHash: null } });
    });
    const hash = await sha256Of(new TextEncoder().encode(TOKENS.c));
    await world.routing((routing) => {
      routing.origins.c = { url: "https://c.origins.test", tokenHash: hash };
    });
    expect((await world.upload("c", segment(), sound)).status).toBe(204);
  });

  it("looks for unknown tokens in R2 no more than once a second", async () => {
    await world.fetch("/healthz");
    world.resetCounts();
    for (let guess = 0; guess < 10; guess += 1) await world.upload(`guess-${guess}`, segment(), sound);
    expect(world.counts.get).toBeLessThanOrEqual(2);
  });

  it("is refused for a station that is not routed", async () => {
    await expectRefusal(await world.upload("a", segment("other"), sound), 403, "foreign_prefix");
  });

  it("is refused when it is too large, whether it says so or not", async () => {
    const large = new Uint8Array(MAX_SEGMENT_BYTES + 1);
    await expectRefusal(await world.upload("a", segment(), large), 413, "too_large");
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
    const response = await world.fetch(`/origin/v1/${segment()}`, {
      method: "PUT",
      body: endless,
      headers: { authorization: `Bearer ${TOKENS.a}` },
    });
    await expectRefusal(response, 413, "too_large");
    expect(world.counts.put).toBe(0);
  });

  it.each([
    ["no digest", "", "digest_missing"],
    ["another algorithm", "sha-512=:AAAA:", "digest_missing"],
    ["nonsense", "sha-256=abc", "digest_missing"],
    ["the digest of something else", `sha-256=:${btoa("x".repeat(32))}:`, "digest_wrong"],
  ])("is refused with %s", async (_, digest, code) => {
    const response = await world.upload("a", segment(), sound, { "content-digest": digest });
    await expectRefusal(response, 422, code);
    expect(world.counts.put).toBe(0);
  });

  it("finds the SHA-256 among other digests", async () => {
    const digest = `sha-512=:AAAA:, ${await contentDigest(sound)}`;
    const response = await world.upload("a", segment(), sound, { "content-digest": digest });
    expect(response.status).toBe(204);
  });

  const lastUnitStart = (bytes: Uint8Array) => {
    const starts = Array.from({ length: bytes.length / 188 }, (_, packet) => packet * 188);
    return starts.findLast((at) => ((bytes[at + 1] ?? 0) & 0x40) !== 0);
  };
  const changed = (change: (bytes: Uint8Array<ArrayBuffer>) => void) => () => {
    const bytes = sound.slice();
    change(bytes);
    return bytes;
  };
  it.each<[string, () => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>]>([
    ["empty", () => new Uint8Array()],
    ["cut off amid a packet", () => sound.slice(0, 900)],
    ["cut off amid a frame", () => sound.slice(0, 20 * 188)],
    ["out of sync", changed((bytes) => bytes.fill(0, 376, 377))],
    ["without the PAT first", () => sound.slice(188)],
    ["text", () => Uint8Array.from(new TextEncoder().encode("G".padEnd(188, "g")))],
    [
      "noise in packets",
      changed((bytes) => {
        for (let at = 0; at < bytes.length; at += 1) if (at % 188 > 3) bytes[at] = at % 251;
      }),
    ],
    ["the segment before", () => soundSegment(newest - 1)],
    ["one to come", () => soundSegment(newest + 1000)],
    ["half as long", async () => (await soundSegment(newest)).slice(0, sound.length / 2)],
    ["short of its last PES packet", () => sound.slice(0, lastUnitStart(sound))],
    ["short of a packet", () => Uint8Array.from([...sound.slice(0, 5 * 188), ...sound.slice(6 * 188)])],
    ["of another PID", changed((bytes) => bytes.fill(7, 3 * 188 + 2, 3 * 188 + 3))],
  ])("is refused when it is %s", async (_, bytes) => {
    await expectRefusal(await world.upload("a", segment(), await bytes()), 422, "not_this_segment");
    expect(world.counts.put).toBe(0);
  });

  it("is refused under what is no rendition", async () => {
    const response = await world.upload("a", `demo/opus-48k/${newest}.ts`, sound);
    await expectRefusal(response, 422, "rendition_invalid");
  });

  it("is answered 503, to be tried again, when R2 fails", async () => {
    world.faults.put = () => "throw";
    const response = await world.upload("a", segment(), sound);
    expect(response.headers.get("retry-after")).toBe("1");
    await expectRefusal(response, 503, "storage_failed");
  });
});

describe("uploading an index", () => {
  const upload = (text: string, origin = "a") => world.upload(origin, "demo/index.json", text);

  it("stores it, and the origin can read it back", async () => {
    const text = indexText("a", numbers(newest - 3, newest));
    expect((await upload(text)).status).toBe(204);
    const back = await world.fetch("/origin/v1/demo/index.json", { headers: { authorization: `Bearer ${TOKENS.a}` } });
    expect(await back.text()).toBe(text);
    const other = await world.fetch("/origin/v1/demo/index.json", { headers: { authorization: `Bearer ${TOKENS.b}` } });
    await expectRefusal(other, 404, "no_index");
  });

  it("may be repeated", async () => {
    const text = indexText("a", [newest]);
    expect((await upload(text)).status).toBe(204);
    expect((await upload(text)).status).toBe(204);
  });

  it("is refused when a later one is stored, which stays", async () => {
    const later = indexText("a", [newest]);
    expect((await upload(later)).status).toBe(204);
    await expectRefusal(await upload(indexText("a", [newest - 1], { updatedAt: 1000 })), 409, "index_superseded");
    expect(await (await world.bucket.get("live/demo/a/index.json"))?.text()).toBe(later);
  });

  it("is refused for another origin or station", async () => {
    await expectRefusal(await upload(indexText("b", [newest])), 403, "foreign_prefix");
    await expectRefusal(await upload(indexText("a", [newest], { station: "other" })), 403, "foreign_prefix");
  });

  it.each([
    ["no JSON", () => "{", "index_invalid"],
    ["no index", () => "{}", "index_invalid"],
    ["out of order", () => indexText("a", [newest, newest - 1]), "index_invalid"],
    ["listing a number twice", () => indexText("a", [newest, newest]), "index_invalid"],
    [
      "written in the future",
      () => indexText("a", [newest], { updatedAt: world.clock.now() + 60_000 }),
      "index_from_future",
    ],
    ["listing the future", () => indexText("a", [newest + 100]), "index_from_future"],
  ])("is refused when it is %s", async (_, text, code) => {
    await expectRefusal(await upload(text()), 422, code);
    expect(world.counts.put).toBe(0);
  });

  it("is refused when it is too large", async () => {
    await expectRefusal(await upload(" ".repeat(MAX_INDEX_BYTES + 1)), 413, "too_large");
  });

  it("is answered 503 when R2 fails", async () => {
    world.faults.put = () => "throw";
    await expectRefusal(await upload(indexText("a", [newest])), 503, "storage_failed");
  });
});

describe("what was published", () => {
  async function published() {
    const headers = { authorization: `Bearer ${TOKENS.a}` };
    return PublishedAnswer.parse(await (await world.fetch("/origin/v1/demo/published", { headers })).json()).published;
  }

  it("is null at first", async () => {
    expect(await published()).toBeNull();
  });

  it("is the newest number of all origins, with the counters to go on with", async () => {
    await world.publish("a", numbers(newest - 5, newest - 1));
    await world.publish("b", numbers(newest - 5, newest));
    expect(await published()).toEqual({
      segment: newest,
      generation: 1,
      counters: { "aac-48k": ((newest + 1) * 3) % 16 },
    });
  });

  it("is read past every cache", async () => {
    await world.publish("a", [newest - 1]);
    expect((await published())?.segment).toBe(newest - 1);
    await world.publish("a", [newest - 1, newest]);
    expect((await published())?.segment).toBe(newest);
  });

  it("takes the counters of the higher generation, and no lower one is answered", async () => {
    await world.publish("a", numbers(newest - 5, newest), { generation: 3 });
    const index = await world.publish("b", [newest - 1, newest], { generation: 4 });
    for (const { renditions } of index.segments) Object.assign(renditions["aac-48k"] ?? {}, { counter: 9 });
    await world.put("live/demo/b/index.json", JSON.stringify(index));
    expect(await published()).toEqual({ segment: newest, generation: 4, counters: { "aac-48k": 12 } });
  });

  it("is not what a clock gone wrong claims", async () => {
    await world.publish("a", [newest]);
    await world.publish("b", [newest + 1000]);
    expect((await published())?.segment).toBe(newest);
  });

  it("asks the origin itself when R2 fails", async () => {
    const index = await world.publish("b", [newest]);
    world.direct.set("b", () => Response.json(index));
    world.faults.get = (key) => (key.startsWith("live/") ? "throw" : null);
    expect((await published())?.segment).toBe(newest);
  });

  it("comes with whom control has named as the studio, if anyone", async () => {
    const headers = { authorization: `Bearer ${TOKENS.b}` };
    const answer = async () => (await world.fetch("/origin/v1/demo/published", { headers })).json();
    const studio = { origin: "a", url: "https://a.origins.test", generation: 1 };
    expect(await answer()).toMatchObject({ published: null, studio });
    await world.routing((routing) => Object.assign(routing.stations.demo ?? {}, { studio: null }));
    world.clock.skip(1001);
    expect(await answer()).toMatchObject({ studio: null });
  });

  it("is 503, not nothing, when nobody can be asked", async () => {
    world.faults.get = (key) => (key.startsWith("live/") ? "throw" : null);
    const headers = { authorization: `Bearer ${TOKENS.a}` };
    await expectRefusal(await world.fetch("/origin/v1/demo/published", { headers }), 503, "storage_failed");
  });

  it("needs a token", async () => {
    await expectRefusal(await world.fetch("/origin/v1/demo/published"), 401, "token_missing");
  });
});
