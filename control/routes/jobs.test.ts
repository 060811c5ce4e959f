import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Job, PREPARED_PART_BYTES } from "../../contracts/jobs.ts";
import { coverKey, preparedKey } from "../../contracts/media.ts";
import { draftKey } from "../jobs/prepared.ts";
import { call, createStation, enrol, makeEnrolmentToken } from "./test-client.ts";
import { CONTENT, hashOf, incidentsOf, makeFile, preparationOf, send, storeFile, worker } from "./test-media.ts";

const ORIGINAL = makeFile(30_000, 5);

let slug: string;
let stations = 0;
let one: ReturnType<typeof worker>;
let two: ReturnType<typeof worker>;
let token: string;

beforeAll(async () => {
  await createStation("first");
  const enrolment = await makeEnrolmentToken();
  const origin = await enrol("worker-1", enrolment);
  token = origin.token;
  one = worker(origin);
  two = worker(await enrol("worker-2", enrolment));
});

beforeEach(async () => {
  stations += 1;
  slug = `jobs-${stations}`;
  expect((await createStation(slug)).status).toBe(201);
  await env.DB.prepare(
    "update jobs set state = 'cancelled', finished_at = 1 where state in ('waiting', 'running')",
  ).run();
});

const expire = (id: string) => env.DB.prepare("update jobs set held_until = 1 where id = ?").bind(id).run();
const readFile = async (id: string) => (await call("GET", `stations/${slug}/media/${id}`)).body;
const triesAt = async (id: string) => (await call("GET", `jobs?media=${id}`)).body.items;

describe("a preparation job", () => {
  it("is claimed, tells its progress, and ends with a file that is in review", async () => {
    const file = await storeFile(slug, ORIGINAL, "night train.mp3");
    const claimed = await one.claim();
    expect(claimed.status).toBe(200);
    const job = Job.parse(claimed.body);
    expect(job).toMatchObject({
      station: slug,
      media: file.id,
      kind: "prepare",
      original: { bytes: ORIGINAL.length, contentType: "audio/mpeg", fileName: "night train.mp3" },
    });
    expect(await readFile(file.id)).toMatchObject({
      state: "preparing",
      work: { state: "running", origin: "worker-1" },
    });

    const original = await send("GET", `jobs/${job.id}/original`, null, {}, token);
    expect(await hashOf(new Uint8Array(await original.arrayBuffer()))).toBe(await hashOf(ORIGINAL));
    const tail = await send("GET", `jobs/${job.id}/original`, null, { range: "bytes=29990-" }, token);
    expect([tail.status, tail.headers.get("content-range")]).toEqual([206, "bytes 29990-29999/30000"]);
    expect(new Uint8Array(await tail.arrayBuffer())).toEqual(ORIGINAL.slice(29_990));

    expect((await one.progress(job.id, "analysing", 0.5)).body).toEqual({ lease: job.lease });
    expect((await readFile(file.id)).work).toMatchObject({ phase: "analysing", share: 0.5 });

    const cover = makeFile(3000, 8);
    expect((await one.putCover(job.id, cover)).status).toBe(204);
    expect((await one.putPart(job.id, 1, CONTENT)).status).toBe(204);
    expect((await one.finishPrepared(job.id)).status).toBe(204);
    const preparation = await preparationOf(CONTENT, { cover: { sha256: await hashOf(cover), bytes: 3000 } });
    expect((await one.result(job.id, { outcome: "prepared", preparation })).status).toBe(204);

    const { metadata, peaks, ...found } = preparation;
    expect(await readFile(file.id)).toMatchObject({
      state: "in-review",
      ...metadata,
      preparation: found,
      peaks,
      durationMs: 10_000,
      work: null,
      reviewedBy: null,
    });
    expect((await env.MEDIA.head(preparedKey(slug, found.prepared.sha256)))?.size).toBe(CONTENT.length);
    expect((await env.MEDIA.head(coverKey(slug, await hashOf(cover))))?.size).toBe(3000);
    expect(await env.MEDIA.head(draftKey(job))).toBeNull();
    expect((await incidentsOf(slug)).slice(0, 2)).toEqual(["media-in-review", "media-added"]);
  });

  it("is given to one of those who ask at the same time, and there is none for the others", async () => {
    const files = [await storeFile(slug, makeFile(10, 1)), await storeFile(slug, makeFile(10, 2))];
    const answers = await Promise.all([one, two, one, two, one, two].map((origin) => origin.claim()));
    const jobs = answers.filter(({ status }) => status === 200).map(({ body }) => body.media);
    expect(jobs.toSorted()).toEqual(files.map(({ id }) => id).toSorted());
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(4);
  });

  it("whose origin says nothing for a lease is another's, and the first one's word counts no more", async () => {
    const file = await storeFile(slug, ORIGINAL);
    const lost = (await one.claim()).body;
    expect((await one.progress(lost.id, "encoding", 0.25)).status).toBe(200);
    expect((await two.claim()).status).toBe(204);
    await expire(lost.id);
    const preparation = await preparationOf();
    const said = [
      () => one.progress(lost.id, "encoding", 0.5),
      () => one.putPart(lost.id, 1, CONTENT),
      () => one.finishPrepared(lost.id),
      () => one.putCover(lost.id, CONTENT),
      () => one.result(lost.id, { outcome: "prepared", preparation }),
      () => one.result(lost.id, { outcome: "rejected", reason: "too late" }),
    ];
    for (const say of said) expect(await say()).toMatchObject({ status: 409, body: { error: { code: "lease_lost" } } });

    const taken = (await two.claim()).body;
    expect(taken.media).toBe(file.id);
    expect(taken.id).not.toBe(lost.id);
    for (const say of said) expect((await say()).body.error.code).toBe("lease_lost");
    expect((await one.progress(taken.id, "encoding", 1)).body.error.code).toBe("lease_lost");
    expect(await triesAt(file.id)).toMatchObject([
      { attempt: 2, state: "running", origin: "worker-2" },
      { attempt: 1, state: "lost", reason: "nothing more was heard of worker-1: it was encoding, at 25 %" },
    ]);
  });

  it("that was lost is begun anew once, by however many it is noticed", async () => {
    const file = await storeFile(slug, ORIGINAL);
    await expire((await one.claim()).body.id);
    const answers = await Promise.all([one, two, one, two].map((origin) => origin.claim()));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 204, 204, 204]);
    expect(await triesAt(file.id)).toHaveLength(2);
  });

  it("that is lost three times ends with a rejected file, and a person can have it tried anew", async () => {
    const file = await storeFile(slug, ORIGINAL);
    for (const origin of [one, two, one]) await expire((await origin.claim()).body.id);
    expect((await two.claim()).status).toBe(204);
    expect(await readFile(file.id)).toMatchObject({
      state: "rejected",
      reason: expect.stringContaining("nothing more was heard of worker-1: it said nothing; try 3 of 3"),
      reviewedBy: "control",
    });
    expect((await call("POST", `stations/${slug}/media/${file.id}/approve`, {})).body.error.code).toBe("wrong_state");
    expect((await call("POST", `stations/${slug}/media/${file.id}/retry`)).body).toMatchObject({
      state: "uploaded",
      reason: null,
      work: { attempt: 1 },
    });
    await two.prepare();
    expect((await readFile(file.id)).state).toBe("in-review");
  });

  it("that an origin returns is another's at once, and ends with the reason after the third", async () => {
    const file = await storeFile(slug, ORIGINAL);
    for (const origin of [one, two, one]) {
      const { id } = (await origin.claim()).body;
      expect((await origin.result(id, { outcome: "returned", reason: "the disk is full" })).status).toBe(204);
    }
    expect(await readFile(file.id)).toMatchObject({
      state: "rejected",
      reason: expect.stringContaining("worker-1 could not: the disk is full"),
    });
  });

  it("ends with the reason why nobody can prepare the file", async () => {
    const file = await storeFile(slug, ORIGINAL);
    const { id } = (await one.claim()).body;
    expect((await one.result(id, { outcome: "rejected", reason: "this is a text file" })).status).toBe(204);
    expect(await readFile(file.id)).toMatchObject({
      state: "rejected",
      reason: "this is a text file",
      reviewedBy: "control",
      work: null,
    });
    expect((await two.claim()).status).toBe(204);
  });

  it("may be ended twice by its origin, when the first answer was lost, and changes nothing the second time", async () => {
    const file = await storeFile(slug, ORIGINAL);
    const { id } = (await one.claim()).body;
    await one.putPart(id, 1, CONTENT);
    await one.finishPrepared(id);
    const result = { outcome: "prepared", preparation: await preparationOf() };
    const answers = await Promise.all([1, 2, 3].map(() => one.result(id, result)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect((await one.result(id, result)).status).toBe(204);
    expect((await two.result(id, result)).status).toBe(409);
    expect((await incidentsOf(slug)).filter((kind) => kind === "media-in-review")).toHaveLength(1);
    expect((await readFile(file.id)).state).toBe("in-review");
  });

  it("keeps what people have called the file, and calls it after its name where nobody says anything", async () => {
    const named = await storeFile(slug, ORIGINAL, "a.mp3");
    await call("PATCH", `stations/${slug}/media/${named.id}`, { title: "Ours", year: 1970 });
    await one.prepare();
    expect(await readFile(named.id)).toMatchObject({ title: "Ours", artist: "The Sleepers", year: 1970 });
    const nameless = await storeFile(slug, makeFile(11), "Field Recording.wav");
    const metadata = { title: "", artist: "", album: "", isrc: "", year: null };
    await one.prepare(CONTENT, { metadata });
    expect(await readFile(nameless.id)).toMatchObject({ title: "Field Recording", artist: "" });
  });

  it("is over when the file is deleted, and begins anew when it is restored", async () => {
    const file = await storeFile(slug, ORIGINAL);
    const { id } = (await one.claim()).body;
    expect((await call("DELETE", `stations/${slug}/media/${file.id}`)).status).toBe(204);
    expect((await one.progress(id, "encoding", 0.5)).body.error.code).toBe("lease_lost");
    expect((await two.claim()).status).toBe(204);
    const restored = await call("POST", `stations/${slug}/media/${file.id}/restore`);
    expect(restored.body).toMatchObject({ state: "uploaded", work: { state: "waiting", attempt: 1 } });
    await two.prepare();
    expect((await readFile(file.id)).state).toBe("in-review");
  });
});

describe("a prepared file", () => {
  it("comes in parts, in any order, and need not be sent again when it is there", async () => {
    const content = makeFile(PREPARED_PART_BYTES + 1000, 4);
    await storeFile(slug, ORIGINAL);
    const { id } = (await one.claim()).body;
    expect((await one.finishPrepared(id, content)).body.error.code).toBe("parts_missing");
    await Promise.all([
      one.putPart(id, 2, content.slice(PREPARED_PART_BYTES)),
      one.putPart(id, 1, content.slice(0, PREPARED_PART_BYTES)),
    ]);
    expect((await one.finishPrepared(id, content)).status).toBe(204);
    expect((await one.finishPrepared(id, content)).status).toBe(204);
    const stored = await env.MEDIA.get(preparedKey(slug, await hashOf(content)));
    expect(await hashOf(new Uint8Array((await stored?.arrayBuffer()) ?? new ArrayBuffer(0)))).toBe(
      await hashOf(content),
    );
    await one.result(id, { outcome: "returned", reason: "for the test" });
    const again = (await two.claim()).body;
    expect((await two.finishPrepared(again.id, content)).status).toBe(204);
  });

  it("is taken under the name of its content alone; what was sent wrong can be sent again", async () => {
    await storeFile(slug, ORIGINAL);
    const { id } = (await one.claim()).body;
    const wrong = makeFile(CONTENT.length, 99);
    await one.putPart(id, 1, wrong);
    expect((await one.finishPrepared(id)).body.error.code).toBe("digest_wrong");
    await one.putPart(id, 1, wrong.slice(1));
    expect((await one.finishPrepared(id)).body.error.code).toBe("digest_wrong");
    expect(await env.MEDIA.head(preparedKey(slug, await hashOf(CONTENT)))).toBeNull();
    await one.putPart(id, 1, CONTENT);
    expect((await one.finishPrepared(id)).status).toBe(204);
  });

  it("must be stored before the result names it, and the result must not contradict itself", async () => {
    await storeFile(slug, ORIGINAL);
    const { id } = (await one.claim()).body;
    const say = async (parts: object) =>
      (await one.result(id, { outcome: "prepared", preparation: { ...(await preparationOf()), ...parts } })).body.error
        .code;
    expect(await say({})).toBe("not_stored");
    await one.putPart(id, 1, CONTENT);
    await one.finishPrepared(id);
    expect(await say({ cover: { sha256: "c".repeat(64), bytes: 5 } })).toBe("not_stored");
    expect(await say({ cue: { in: 0, next: 480_001, out: 480_001 } })).toBe("cue_beyond_end");
    expect(await say({ cue: { in: 5, next: 5, out: 9 } })).toBe("invalid_input");
    expect(await say({ peaks: [1, 2, 3] })).toBe("invalid_input");
  });

  it("has parts of 16 MiB at most", async () => {
    await storeFile(slug, ORIGINAL);
    const { id } = (await one.claim()).body;
    expect((await one.putPart(id, 1, new Uint8Array(PREPARED_PART_BYTES + 1))).status).toBe(413);
    expect((await one.putPart(id, 129, new Uint8Array(1))).status).toBe(422);
  });
});

describe("the jobs", () => {
  it("are for origins, each under its own name; admins look on", async () => {
    const { id } = (await storeFile(slug, ORIGINAL)) && (await one.claim()).body;
    expect((await call("POST", "origins/worker-1/jobs/claim")).status).toBe(403);
    expect((await call("POST", "origins/worker-1/jobs/claim", undefined, null)).status).toBe(401);
    expect((await call("POST", "origins/worker-2/jobs/claim", undefined, token)).body.error.code).toBe(
      "foreign_origin",
    );
    expect((await call("POST", `jobs/${id}/progress`, { phase: "probing", share: 0 })).status).toBe(403);
    expect((await two.progress(id, "probing", 0)).status).toBe(409);
    expect((await call("GET", "jobs", undefined, token)).status).toBe(403);
    expect((await one.progress(id, "probing", 1.5)).status).toBe(422);
    expect((await one.progress("1", "probing", 0)).status).toBe(422);
    const { body } = await call("GET", `jobs?station=${slug}&state=running`);
    expect(body.items).toMatchObject([{ id, origin: "worker-1", state: "running", attempt: 1 }]);
  });

  it("that D1 cannot give out are none, and the file waits on", async () => {
    await storeFile(slug, ORIGINAL);
    vi.spyOn(env.DB, "batch").mockRejectedValueOnce(new Error("D1_ERROR: overloaded"));
    expect((await one.claim()).status).toBe(500);
    vi.restoreAllMocks();
    expect((await one.claim()).status).toBe(200);
  });
});
