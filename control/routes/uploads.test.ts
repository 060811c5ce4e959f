import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_MEDIA_BYTES, originalKey } from "../../contracts/media.ts";
import { MEDIA } from "../media/policy.ts";
import { call, createStation } from "./test-client.ts";
import { contentDigest, hashOf, incidentsOf, makeFile, send, sendJson, storeFile } from "./test-media.ts";

/** Two whole parts and a bit. */
const FILE = makeFile(2 * MEDIA.partBytes + 12_345);
const WRONG = "0".repeat(64);

let slug: string;
let stations = 0;

beforeEach(async () => {
  stations += 1;
  slug = `uploads-${stations}`;
  expect((await createStation(slug)).status).toBe(201);
});
afterEach(() => vi.restoreAllMocks());

const partOf = (file: Uint8Array<ArrayBuffer>, number: number) =>
  file.slice((number - 1) * MEDIA.partBytes, number * MEDIA.partBytes);

async function begin(file = FILE, parts: object = {}) {
  const upload = { fileName: "show.flac", contentType: "audio/flac", bytes: file.length, ...parts };
  const { status, body } = await call("POST", `stations/${slug}/uploads`, upload);
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

const putPart = (id: string, number: number, bytes: Uint8Array<ArrayBuffer> = partOf(FILE, number)) =>
  sendJson("PUT", `stations/${slug}/uploads/${id}/parts/${number}`, bytes);

/** Sends half of what it says, and is cut off; the status of the answer that nobody waits for. */
async function sendHalf(method: string, path: string, file: Uint8Array<ArrayBuffer>): Promise<number> {
  const body = new FixedLengthStream(file.length);
  const sent = send(method, path, body.readable, { "content-length": String(file.length) });
  const writer = body.writable.getWriter();
  await writer.write(file.slice(0, file.length / 2));
  await writer.abort(new Error("connection reset"));
  const answer = await sent;
  await answer.body?.cancel();
  return answer.status;
}

const putHalf = async (id: string, number: number) =>
  expect(await sendHalf("PUT", `stations/${slug}/uploads/${id}/parts/${number}`, partOf(FILE, number))).toBe(503);

const complete = (id: string, sha256: string) => call("POST", `stations/${slug}/uploads/${id}/complete`, { sha256 });
const received = async (id: string) =>
  (await call("GET", `stations/${slug}/uploads/${id}`)).body.received.map(({ number }: { number: number }) => number);
const stored = async (id: string) => await env.MEDIA.head(originalKey(slug, id));

describe("an upload in parts", () => {
  it("says which parts there are to be, and becomes a file of the library that waits to be prepared", async () => {
    const upload = await begin();
    expect(upload).toMatchObject({ partBytes: MEDIA.partBytes, partCount: 3, received: [], phase: "open" });
    for (const number of [3, 1, 2]) expect((await putPart(upload.id, number)).status).toBe(200);
    expect(await received(upload.id)).toEqual([1, 2, 3]);
    const { status, body } = await complete(upload.id, await hashOf(FILE));
    expect([status, body]).toMatchObject([
      201,
      {
        id: upload.id,
        state: "uploaded",
        kind: "music",
        fileName: "show.flac",
        contentType: "audio/flac",
        bytes: FILE.length,
        sha256: await hashOf(FILE),
        duplicates: [],
        createdBy: "admin bootstrap",
        work: { state: "waiting", attempt: 1 },
      },
    ]);
    expect(await stored(upload.id)).toMatchObject({ size: FILE.length });
    expect((await call("GET", `stations/${slug}/uploads`)).body.items).toEqual([]);
    expect(await incidentsOf(slug)).toContain("media-added");
  });

  it("that is cut three times goes on with what is missing, and ends with the right hash", async () => {
    const { id } = await begin();
    await putHalf(id, 1);
    expect(await received(id)).toEqual([]);
    await putPart(id, 1);
    await putHalf(id, 2);
    await putHalf(id, 3);
    expect(await received(id)).toEqual([1]);
    const early = await complete(id, await hashOf(FILE));
    expect(early).toMatchObject({
      status: 409,
      body: { error: { code: "parts_missing", details: { missing: [2, 3] } } },
    });
    await putPart(id, 2);
    await putPart(id, 3);
    expect((await complete(id, await hashOf(FILE))).body.sha256).toBe(await hashOf(FILE));
    const object = await env.MEDIA.get(originalKey(slug, id));
    expect(await hashOf(new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0)))).toBe(await hashOf(FILE));
  });

  it("may send a part again, and several uploads go on at once", async () => {
    const other = makeFile(FILE.length, 2);
    const [one, two] = [await begin(), await begin(other)];
    await putPart(one.id, 1, makeFile(MEDIA.partBytes, 9));
    await Promise.all([
      ...[1, 2, 3].map((number) => putPart(one.id, number)),
      ...[1, 2, 3].map((number) => putPart(two.id, number, partOf(other, number))),
    ]);
    const [first, second] = await Promise.all([
      complete(one.id, await hashOf(FILE)),
      complete(two.id, await hashOf(other)),
    ]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body.sha256).not.toBe(second.body.sha256);
  });

  it("is completed once, however often and by however many it is asked", async () => {
    const file = makeFile(1000);
    const { id } = await begin(file);
    await putPart(id, 1, file);
    const answers = await Promise.all([1, 2, 3].map(async () => complete(id, await hashOf(file))));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect((await complete(id, await hashOf(file))).status).toBe(201);
    expect((await incidentsOf(slug)).filter((kind) => kind === "media-added")).toHaveLength(1);
    expect((await call("GET", `stations/${slug}/media`)).body.items).toHaveLength(1);
  });

  it("goes on after R2 failed while the file was read through", async () => {
    const file = makeFile(1000);
    const { id } = await begin(file);
    await putPart(id, 1, file);
    vi.spyOn(env.MEDIA, "get").mockRejectedValueOnce(new Error("get: internal error (10001)"));
    expect((await complete(id, await hashOf(file))).status).toBe(500);
    expect((await putPart(id, 1, file)).body.error.code).toBe("upload_closed");
    expect((await complete(id, await hashOf(file))).status).toBe(201);
  });

  it("that has another hash in the end is over, and leaves nothing", async () => {
    const file = makeFile(1000);
    const { id } = await begin(file);
    await putPart(id, 1, file);
    expect(await complete(id, WRONG)).toMatchObject({
      status: 422,
      body: { error: { code: "digest_wrong", details: { sha256: await hashOf(file), bytes: 1000 } } },
    });
    expect(await stored(id)).toBeNull();
    expect((await call("GET", `stations/${slug}/uploads/${id}`)).status).toBe(404);
    expect((await call("GET", `stations/${slug}/media`)).body.items).toEqual([]);
  });

  it("refuses parts of another length, and those that there are not", async () => {
    const { id } = await begin();
    expect((await putPart(id, 1, makeFile(1000))).body.error.code).toBe("part_length");
    expect((await putPart(id, 1, makeFile(MEDIA.partBytes + 1))).status).toBe(413);
    expect((await putPart(id, 4, makeFile(1000))).status).toBe(404);
    expect((await putPart(id, 0, makeFile(1000))).status).toBe(422);
    expect((await putPart(crypto.randomUUID(), 1)).status).toBe(404);
    const unknown = new TransformStream();
    const sent = send("PUT", `stations/${slug}/uploads/${id}/parts/1`, unknown.readable);
    await unknown.writable.close();
    expect((await sent).status).toBe(411);
    expect(await received(id)).toEqual([]);
  });

  it("is given up when its sender says so, with what came of it", async () => {
    const { id } = await begin();
    await putPart(id, 1);
    expect((await call("DELETE", `stations/${slug}/uploads/${id}`)).status).toBe(204);
    expect((await call("DELETE", `stations/${slug}/uploads/${id}`)).status).toBe(404);
    expect((await putPart(id, 2)).status).toBe(404);
    expect((await complete(id, await hashOf(FILE))).status).toBe(404);
  });

  it.each([{ bytes: MAX_MEDIA_BYTES + 1 }, { bytes: 0 }, { fileName: "" }, { kind: "noise" }, { state: "approved" }])(
    "does not begin with %j",
    async (parts) => {
      const upload = { fileName: "a.mp3", bytes: 1, ...parts };
      expect((await call("POST", `stations/${slug}/uploads`, upload)).status).toBe(422);
    },
  );

  it("takes 500 MB, and belongs to its station", async () => {
    const { id, partCount } = await begin(FILE, { bytes: MAX_MEDIA_BYTES });
    expect(partCount).toBe(63);
    expect((await call("GET", `stations/nowhere/uploads/${id}`)).status).toBe(404);
    expect((await call("POST", "stations/nowhere/uploads", { fileName: "a.mp3", bytes: 1 })).status).toBe(404);
  });
});

describe("an upload in one request", () => {
  const post = (file: Uint8Array<ArrayBuffer>, query: string, headers: Record<string, string> = {}) =>
    sendJson("POST", `stations/${slug}/media?${query}`, file, headers);

  it("is in the library at once, under a name that is no path, with a type that runs nowhere", async () => {
    const file = makeFile(5000);
    const { status, body } = await post(file, "fileName=..%2F..%2Fevil.html&kind=jingle", {
      "content-type": "text/html",
      "content-digest": await contentDigest(file),
    });
    expect([status, body]).toMatchObject([
      201,
      {
        fileName: "evil.html",
        contentType: "application/octet-stream",
        kind: "jingle",
        bytes: 5000,
        sha256: await hashOf(file),
      },
    ]);
    expect((await stored(body.id))?.httpMetadata).toMatchObject({ contentType: "application/octet-stream" });
  });

  it("points out files of the same content, of this station alone", async () => {
    const file = makeFile(4000, 3);
    const first = await storeFile(slug, file);
    const second = await storeFile(slug, file, "again.mp3");
    expect([first.duplicates, second.duplicates]).toEqual([[], [first.id]]);
    const { body } = await call("GET", `stations/${slug}/media/${first.id}`);
    expect(body.duplicates).toEqual([second.id]);
    await createStation(`${slug}-other`);
    expect((await storeFile(`${slug}-other`, file)).duplicates).toEqual([]);
  });

  it("is refused when it is empty, too large, of another hash, or does not say its length", async () => {
    expect((await post(new Uint8Array(0), "fileName=a.mp3")).body.error.code).toBe("empty");
    const digest = await contentDigest(makeFile(10));
    expect((await post(makeFile(11), "fileName=a.mp3", { "content-digest": digest })).body.error.code).toBe(
      "digest_wrong",
    );
    expect((await post(makeFile(11), "fileName=a.mp3", { "content-digest": "md5=:x:" })).status).toBe(422);
    expect((await post(makeFile(11), "")).status).toBe(422);
    const large = new FixedLengthStream(MEDIA.maxRequestBytes + 1);
    const refused = await send("POST", `stations/${slug}/media?fileName=a.mp3`, large.readable);
    expect(refused.status).toBe(413);
    expect((await call("GET", `stations/${slug}/media`)).body.items).toEqual([]);
    expect((await call("GET", `stations/${slug}/uploads`)).body.items).toEqual([]);
  });

  it("that is cut leaves nothing", async () => {
    expect(await sendHalf("POST", `stations/${slug}/media?fileName=a.mp3`, makeFile(100_000))).toBe(503);
    expect((await call("GET", `stations/${slug}/uploads`)).body.items).toEqual([]);
    expect((await call("GET", `stations/${slug}/media`)).body.items).toEqual([]);
  });

  it("needs the token of an admin", async () => {
    const answer = await sendJson("POST", `stations/${slug}/media?fileName=a.mp3`, makeFile(1), {}, "rda_wrong");
    expect(answer.status).toBe(401);
  });
});
