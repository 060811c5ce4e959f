import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { originalKey, preparedKey } from "../../contracts/media.ts";
import { MediaSigning, mediaSigningKey, PublicMedia, publicMediaKey } from "../../contracts/media-link.ts";
import { createLog } from "../../kit/log.ts";
import { openDatabase } from "../db/database.ts";
import { playlistEntries, playlists, scheduleEntries } from "../db/schema.ts";
import { keepLibrary } from "../media/chores.ts";
import { MEDIA } from "../media/policy.ts";
import { createApp } from "./app.ts";
import { ADMIN, type Answer, call, createStation, enrol, makeEnrolmentToken } from "./test-client.ts";
import { CONTENT, hashOf, incidentsOf, makeFile, send, storeFile, worker } from "./test-media.ts";

const db = openDatabase(env.DB);
const FILE = makeFile(10_000, 11);
const DAY = 86_400_000;

let slug: string;
let stations = 0;
let origin: ReturnType<typeof worker>;

beforeAll(async () => {
  await createStation("first");
  origin = worker(await enrol("worker-1", await makeEnrolmentToken()));
});

beforeEach(async () => {
  stations += 1;
  slug = `media-${stations}`;
  expect((await createStation(slug)).status).toBe(201);
  await env.DB.prepare(
    "update jobs set state = 'cancelled', finished_at = 1 where state in ('waiting', 'running')",
  ).run();
});

afterEach(() => vi.restoreAllMocks());

const at = (id: string, verb = "") => `stations/${slug}/media/${id}${verb === "" ? "" : `/${verb}`}`;
const read = async (id: string) => (await call("GET", at(id))).body;
const list = async (query = "") =>
  (await call("GET", `stations/${slug}/media?${query}`)).body.items.map(({ id }: { id: string }) => id);
const codeOf = ({ status, body }: Answer) => [status, body.error?.code];
const approve = (id: string, reason?: string) =>
  call("POST", at(id, "approve"), reason === undefined ? {} : { reason });
const reject = (id: string, reason = "too loud") => call("POST", at(id, "reject"), { reason });

async function makePrepared(fileName = "song.mp3", content = CONTENT, file = FILE): Promise<string> {
  const { id } = await storeFile(slug, file, fileName);
  await origin.prepare(content);
  return id;
}

async function makeApproved(fileName?: string, content?: Uint8Array<ArrayBuffer>): Promise<string> {
  const id = await makePrepared(fileName, content);
  expect((await approve(id)).status).toBe(200);
  return id;
}

/** Control that knows where the edge is. */
async function callWithEdge(method: string, path: string, body?: unknown): Promise<Answer> {
  const request = new Request(`https://control.example/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const settings = { ...env, EDGE_URL: "https://radio.example/" };
  const response = await createApp().fetch(request, settings, createExecutionContext());
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

/** The minute's cron, so much later. */
async function cron(laterMs = 0): Promise<void> {
  const clock = { now: () => Date.now() + laterMs, monotonic: () => performance.now() };
  const lines: string[] = [];
  await keepLibrary({ db, clock, log: createLog({ write: (line) => lines.push(line) }) }, env.MEDIA);
  expect(lines).toEqual([]);
}

describe("the review", () => {
  it("is passed by a reviewer's word, with name, time and reason", async () => {
    const id = await makePrepared();
    expect(await read(id)).toMatchObject({ state: "in-review", reviewedBy: null });
    const before = Date.now();
    expect((await approve(id, "lovely")).body).toMatchObject({
      state: "approved",
      reviewedBy: "admin bootstrap",
      reason: "lovely",
    });
    expect((await read(id)).reviewedAt).toBeGreaterThanOrEqual(before);
    expect((await reject(id)).body).toMatchObject({ state: "rejected", reason: "too loud" });
    expect((await approve(id)).body.state).toBe("approved");
    expect((await incidentsOf(slug)).slice(0, 4)).toEqual([
      "media-approved",
      "media-rejected",
      "media-approved",
      "media-in-review",
    ]);
  });

  it("cannot be skipped: what is not prepared is not approved, and no other request makes a file so", async () => {
    const { id } = await storeFile(slug, FILE);
    expect(codeOf(await approve(id))).toEqual([409, "wrong_state"]);
    for (const change of [
      { state: "approved" },
      { title: "x", state: "approved" },
      { reviewedBy: "me" },
      { preparation: {} },
    ]) {
      expect(codeOf(await call("PATCH", at(id), change))).toEqual([422, "invalid_input"]);
    }
    const { body: job } = await origin.claim();
    expect(codeOf(await approve(id))).toEqual([409, "wrong_state"]);
    await origin.result(job.id, { outcome: "rejected", reason: "no sound in it" });
    expect(codeOf(await approve(id))).toEqual([409, "wrong_state"]);
    expect(
      codeOf(await call("POST", `stations/${slug}/uploads`, { fileName: "a", bytes: 1, state: "approved" })),
    ).toEqual([422, "invalid_input"]);
    for (const verb of ["approve", "reject"]) {
      expect((await call("POST", at(id, verb), { reason: "x" }, "rdo_not-an-admin")).status).toBe(401);
    }
    expect((await read(id)).state).toBe("rejected");
  });

  it("says why a file is rejected", async () => {
    const id = await makePrepared();
    expect((await call("POST", at(id, "reject"), {})).status).toBe(422);
    expect((await call("POST", at(id, "reject"), { reason: " " })).status).toBe(422);
    expect((await read(id)).state).toBe("in-review");
  });

  it("of two reviewers at once is decided by one", async () => {
    const id = await makePrepared();
    const answers = await Promise.all([approve(id), reject(id), approve(id), reject(id)]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    const decisions = (await incidentsOf(slug)).filter((kind) => /approved|rejected/.test(kind));
    expect(decisions).toHaveLength(answers.filter(({ status }) => status === 200).length);
  });

  it("is left out by a station that wants it so, for what is prepared from then on", async () => {
    const waiting = await makePrepared();
    expect((await call("GET", `stations/${slug}/library`)).body).toEqual({ approval: "by-hand" });
    expect((await call("PUT", `stations/${slug}/library`, { approval: "automatic" })).status).toBe(200);
    const id = await makePrepared("next.mp3", CONTENT, makeFile(99));
    expect(await read(id)).toMatchObject({ state: "approved", reviewedBy: "control" });
    expect((await read(waiting)).state).toBe("in-review");
    const { id: bad } = await storeFile(slug, makeFile(98));
    await origin.result((await origin.claim()).body.id, { outcome: "rejected", reason: "no" });
    expect((await read(bad)).state).toBe("rejected");
  });
});

describe("the files of the library", () => {
  it("are listed newest first, page by page", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.unshift((await storeFile(slug, makeFile(10 + index))).id);
    const first = await call("GET", `stations/${slug}/media?limit=3`);
    const second = await call("GET", `stations/${slug}/media?limit=3&cursor=${encodeURIComponent(first.body.next)}`);
    const found = [...first.body.items, ...second.body.items].map(({ id }) => id);
    expect(found).toHaveLength(5);
    expect(new Set(found)).toEqual(new Set(ids));
    expect(second.body.next).toBeNull();
    expect(first.body.items[0].peaks).toBeUndefined();
  });

  it("are found by words of title, artist, tags and file name, in every script, and by state, kind and tag", async () => {
    const { id: song } = await storeFile(slug, FILE, "01 Ночной поезд.flac");
    const { id: jingle } = await storeFile(slug, makeFile(77), "jingle.wav");
    await call("PATCH", at(song), { title: "Größenwahn", artist: "Beyoncé", tags: ["Slow Jazz", "night", "night"] });
    await call("PATCH", at(jingle), { kind: "jingle", tags: ["night"] });
    for (const q of ["ночной", "ПОЕЗД flac", "beyonce GROßENWAHN", "jazz"]) {
      expect(await list(`q=${encodeURIComponent(q)}`), q).toEqual([song]);
    }
    expect(await list("q=ночной%20jingle")).toEqual([]);
    expect(await list("q=%25")).toEqual([]);
    expect(await list("tag=night")).toHaveLength(2);
    expect(await list("tag=nigh")).toEqual([]);
    expect(await list("tag=night&kind=jingle")).toEqual([jingle]);
    expect(await list("state=uploaded&q=jingle")).toEqual([jingle]);
    expect(await list("state=approved")).toEqual([]);
    expect((await call("GET", `stations/${slug}/media?state=lovely`)).status).toBe(422);
    expect((await read(song)).tags).toEqual(["Slow Jazz", "night"]);
  });

  it("have tags, of which those in use are told, with how many files have them", async () => {
    for (const tags of [["night", "jazz"], ["night"], ["old"]]) {
      const { id } = await storeFile(slug, makeFile(20 + tags.length));
      await call("PATCH", at(id), { tags });
      if (tags.includes("old")) await call("DELETE", at(id));
    }
    expect((await call("GET", `stations/${slug}/tags`)).body).toEqual({
      items: [
        { tag: "jazz", files: 1 },
        { tag: "night", files: 2 },
      ],
      next: null,
    });
    const { next } = (await call("GET", `stations/${slug}/tags?limit=1`)).body;
    expect((await call("GET", `stations/${slug}/tags?limit=1&cursor=${encodeURIComponent(next)}`)).body.items).toEqual([
      { tag: "night", files: 2 },
    ]);
  });

  it("are changed as people know them; cue points within what was prepared", async () => {
    const id = await makePrepared();
    const cue = { in: 0, next: 100, out: 200 };
    const answer = await call("PATCH", at(id), { artist: "Others", year: null, isrc: "DEA123456789", cue });
    expect(answer.body).toMatchObject({ title: "Night Train", artist: "Others", year: null, isrc: "DEA123456789" });
    expect(answer.body.preparation).toMatchObject({ cue, loudness: { integrated: -14.2 } });
    expect(codeOf(await call("PATCH", at(id), { cue: { in: 0, next: 1, out: 480_001 } }))).toEqual([
      422,
      "cue_beyond_end",
    ]);
    const { id: raw } = await storeFile(slug, makeFile(5));
    expect(codeOf(await call("PATCH", at(raw), { cue }))).toEqual([422, "not_prepared"]);
  });

  it.each<object>([{}, { title: 5 }, { isrc: "no" }, { tags: [""] }, { year: 12 }, { kind: "noise" }])(
    "are not changed by %j",
    async (change) => {
      const { id } = await storeFile(slug, makeFile(6));
      expect((await call("PATCH", at(id), change)).status).toBe(422);
    },
  );

  it("belong to their station", async () => {
    const { id } = await storeFile(slug, makeFile(7));
    for (const path of [`stations/first/media/${id}`, `stations/nowhere/media/${id}`]) {
      expect((await call("GET", path)).status).toBe(404);
      expect((await call("PATCH", path, { title: "x" })).status).toBe(404);
      expect((await call("DELETE", path)).status).toBe(404);
    }
    expect((await call("GET", "stations/nowhere/media")).status).toBe(404);
    expect((await call("GET", at("not-an-id"))).status).toBe(422);
  });
});

describe("a file that is downloaded", () => {
  it("comes as it was uploaded, as it was prepared, in parts, and under its own name", async () => {
    const id = await makePrepared("Ночь.mp3");
    const original = await send("GET", at(id, "files/original"));
    expect(await hashOf(new Uint8Array(await original.arrayBuffer()))).toBe(await hashOf(FILE));
    expect(Object.fromEntries(original.headers)).toMatchObject({
      "content-type": "audio/mpeg",
      "content-length": "10000",
      "content-disposition": `attachment; filename="____.mp3"; filename*=UTF-8''%D0%9D%D0%BE%D1%87%D1%8C.mp3`,
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    });
    const prepared = await send("GET", at(id, "files/prepared"), null, { range: "bytes=100-199" });
    expect([prepared.status, prepared.headers.get("content-range")]).toEqual([206, `bytes 100-199/${CONTENT.length}`]);
    expect(new Uint8Array(await prepared.arrayBuffer())).toEqual(CONTENT.slice(100, 200));
    expect(prepared.headers.get("content-disposition")).toContain('filename="Night Train.flac"');
    const beyond = await send("GET", at(id, "files/original"), null, { range: "bytes=10000-" });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */10000"]);
    expect((await call("GET", at(id, "files/cover"))).status).toBe(404);
    expect((await call("GET", at(id, "files/secret"))).status).toBe(422);
    expect((await call("GET", at(id, "files/original"), undefined, null)).status).toBe(401);
  });
});

describe("a file that is deleted", () => {
  it("is gone for everyone, and can be restored as it was", async () => {
    const id = await makeApproved();
    expect((await call("DELETE", at(id))).status).toBe(204);
    for (const answer of [await call("GET", at(id)), await call("DELETE", at(id)), await approve(id)]) {
      expect(answer.status).toBe(404);
    }
    expect(await list()).toEqual([]);
    const { items } = (await call("GET", `stations/${slug}/media?deleted=true`)).body;
    expect(items).toMatchObject([{ id, restorableUntil: items[0].deletedAt + 30 * DAY }]);
    await cron(29 * DAY);
    const restored = await call("POST", at(id, "restore"));
    expect(restored.body).toMatchObject({ state: "approved", deletedAt: null, work: null });
    expect((await call("POST", at(id, "restore"))).status).toBe(404);
    expect(await list()).toEqual([id]);
    expect((await incidentsOf(slug)).slice(0, 2)).toEqual(["media-restored", "media-deleted"]);
  });

  it("is removed for good after thirty days, from R2 and from D1", async () => {
    const id = await makeApproved();
    const prepared = preparedKey(slug, await hashOf(CONTENT));
    await call("DELETE", at(id));
    await cron(31 * DAY);
    expect(await env.MEDIA.head(originalKey(slug, id))).toBeNull();
    expect(await env.MEDIA.head(prepared)).toBeNull();
    expect((await call("POST", at(id, "restore"))).status).toBe(404);
    expect((await call("GET", `stations/${slug}/media?deleted=true`)).body.items).toEqual([]);
  });

  it("leaves what others were prepared to as well, and while a job is at work that may come to name it", async () => {
    const [one, other] = [await makeApproved(), await makeApproved("copy.mp3")];
    const prepared = preparedKey(slug, await hashOf(CONTENT));
    await call("DELETE", at(one));
    await cron(31 * DAY);
    expect(await env.MEDIA.head(prepared)).not.toBeNull();
    await call("DELETE", at(other));
    await storeFile(slug, makeFile(3));
    const { body: job } = await origin.claim();
    await env.DB.prepare("update jobs set held_until = ? where id = ?")
      .bind(Date.now() + 90 * DAY, job.id)
      .run();
    await cron(31 * DAY);
    expect(await env.MEDIA.head(prepared)).not.toBeNull();
    await origin.result(job.id, { outcome: "rejected", reason: "no" });
    await cron(31 * DAY);
    expect(await env.MEDIA.head(prepared)).toBeNull();
  });

  it("is refused while a playlist or the schedule names it, unless it is forced", async () => {
    const id = await makeApproved();
    await db
      .insert(playlists)
      .values({ id: crypto.randomUUID(), station: slug, name: "Nights", order: "shuffle", createdAt: 1 });
    const [playlist] = await db.query.playlists.findMany({ where: (row, { eq }) => eq(row.station, slug) });
    await db.insert(playlistEntries).values({ playlist: playlist?.id ?? "", position: 0, media: id, weight: 1 });
    const entry = {
      station: slug,
      host: "",
      content: { kind: "show" as const, media: [id] },
      durationMinutes: 60,
      rule: null,
      except: [],
      start: "hard" as const,
      priority: 50,
      createdAt: 1,
      updatedAt: 1,
    };
    await db.insert(scheduleEntries).values([
      { ...entry, id: crypto.randomUUID(), title: "Long ago", from: "2020-01-01T20:00" },
      { ...entry, id: crypto.randomUUID(), title: "To come", from: "2199-01-01T20:00" },
    ]);
    const refused = await call("DELETE", at(id));
    expect([refused.status, refused.body.error.code]).toEqual([409, "media_in_use"]);
    expect(refused.body.error.details.uses).toMatchObject([
      { kind: "playlist", name: "Nights" },
      { kind: "schedule-entry", name: "To come" },
    ]);
    expect((await read(id)).state).toBe("approved");
    expect((await call("DELETE", `${at(id)}?force=true`)).status).toBe(204);
    expect(await list()).toEqual([]);
  });
});

describe("the files of a station that is deleted", () => {
  it("are deleted with it, as if by hand, and can be restored when it returns", async () => {
    const [approved, { id: raw }] = [await makeApproved(), await storeFile(slug, makeFile(4))];
    await callWithEdge("PUT", at(approved, "public"));
    const { body: job } = await origin.claim();
    expect((await call("DELETE", `stations/${slug}`)).status).toBe(204);
    expect((await origin.progress(job.id, "probing", 0)).body.error.code).toBe("lease_lost");
    await cron();
    expect(await env.MEDIA.head(publicMediaKey(slug, approved))).toBeNull();
    await createStation(slug);
    expect(await list()).toEqual([]);
    expect((await call("POST", at(approved, "restore"))).body.state).toBe("approved");
    expect((await call("POST", at(raw, "restore"))).body).toMatchObject({ state: "uploaded", work: { attempt: 1 } });
  });
});

describe("a file that is made public", () => {
  const manifest = async (id: string) => {
    const object = await env.MEDIA.get(publicMediaKey(slug, id));
    return object === null ? null : PublicMedia.parse(await object.json());
  };

  it("has addresses at the edge that stay, as long as it is approved and there", async () => {
    const id = await makePrepared();
    expect(codeOf(await callWithEdge("PUT", at(id, "public")))).toEqual([409, "not_approved"]);
    await approve(id);
    expect(await manifest(id)).toBeNull();
    expect((await callWithEdge("PUT", at(id, "public"))).body).toEqual({
      original: `https://radio.example/${slug}/media/${id}/original`,
      prepared: `https://radio.example/${slug}/media/${id}/prepared`,
      cover: null,
    });
    const there = { schema: 1, prepared: await hashOf(CONTENT), cover: null };
    expect(await manifest(id)).toEqual(there);
    expect((await read(id)).isPublic).toBe(true);
    await reject(id);
    expect(await manifest(id)).toBeNull();
    await approve(id);
    expect(await manifest(id)).toEqual(there);
    await call("DELETE", at(id));
    expect(await manifest(id)).toBeNull();
    await call("POST", at(id, "restore"));
    expect(await manifest(id)).toEqual(there);
    expect((await call("DELETE", at(id, "public"))).status).toBe(204);
    expect(await manifest(id)).toBeNull();
    expect((await read(id)).isPublic).toBe(false);
  });

  it("is not taken off the air in D1 alone: while R2 fails, nothing is rejected nor deleted", async () => {
    const id = await makeApproved();
    await callWithEdge("PUT", at(id, "public"));
    vi.spyOn(env.MEDIA, "delete").mockRejectedValue(new Error("delete: internal error (10001)"));
    for (const answer of [await reject(id), await call("DELETE", at(id)), await call("DELETE", at(id, "public"))]) {
      expect(answer.status).toBe(500);
    }
    vi.restoreAllMocks();
    expect(await read(id)).toMatchObject({ state: "approved", isPublic: true });
    expect(await manifest(id)).not.toBeNull();
  });

  it("is brought in line again by the cron, whatever came in between", async () => {
    const id = await makeApproved();
    await callWithEdge("PUT", at(id, "public"));
    const there = await env.MEDIA.get(publicMediaKey(slug, id));
    await reject(id);
    await env.MEDIA.put(publicMediaKey(slug, id), (await there?.text()) ?? "");
    await cron();
    expect(await manifest(id)).toBeNull();
  });
});

describe("an address at the edge", () => {
  it("is given for ten minutes to listen to a file in any state, the best there is of it", async () => {
    const { id } = await storeFile(slug, FILE);
    const raw = await callWithEdge("POST", at(id, "audition"), {});
    expect(raw.body.url).toMatch(
      new RegExp(`^https://radio.example/${slug}/media/${id}/original\\?expires=\\d+&signature=[0-9a-f]{64}$`),
    );
    expect(Math.abs(raw.body.expiresAt - Date.now() - 600_000)).toBeLessThan(5000);
    await origin.prepare();
    const prepared = await callWithEdge("POST", at(id, "audition"), {});
    expect(prepared.body.url).toContain(`/prepared?expires=`);
    expect(prepared.body.url).toContain(`&object=${await hashOf(CONTENT)}&signature=`);
    expect((await callWithEdge("POST", at(id, "audition"), { file: "cover" })).status).toBe(404);
  });

  it("is given away of approved files alone, for seven days at most", async () => {
    const id = await makePrepared();
    expect(codeOf(await callWithEdge("POST", at(id, "links"), {}))).toEqual([409, "not_approved"]);
    await approve(id);
    expect((await callWithEdge("POST", at(id, "links"), { file: "prepared", seconds: 60 })).status).toBe(200);
    expect((await callWithEdge("POST", at(id, "links"), { seconds: 7 * 86_400 + 1 })).status).toBe(422);
  });

  it("is signed by the station's secret, which is made once, also when several need it at once", async () => {
    const id = await makeApproved();
    const links = await Promise.all([1, 2, 3].map(() => callWithEdge("POST", at(id, "links"), { seconds: 600 })));
    const { secret } = MediaSigning.parse(await (await env.MEDIA.get(mediaSigningKey(slug)))?.json());
    expect(secret.length).toBeGreaterThan(40);
    for (const { body } of links) {
      const { pathname, searchParams } = new URL(body.url);
      const key = await crypto.subtle.importKey(
        "raw",
        new TextEncoder().encode(secret),
        { name: "HMAC", hash: "SHA-256" },
        false,
        ["verify"],
      );
      const bytes = Uint8Array.from(searchParams.get("signature")?.match(/../g) ?? [], (hex) =>
        Number.parseInt(hex, 16),
      );
      const text = `${pathname}\n\n${searchParams.get("expires")}`;
      expect(await crypto.subtle.verify("HMAC", key, bytes, new TextEncoder().encode(text))).toBe(true);
    }
  });

  it("is not known where control was not told of the edge", async () => {
    const id = await makeApproved();
    expect(codeOf(await call("PUT", at(id, "public")))).toEqual([409, "edge_unknown"]);
    expect((await read(id)).isPublic).toBe(false);
    expect(codeOf(await call("POST", at(id, "audition"), {}))).toEqual([409, "edge_unknown"]);
  });
});

describe("the minute's cron", () => {
  it("gives up uploads that nothing has happened to for a day, with what came of them", async () => {
    const upload = await call("POST", `stations/${slug}/uploads`, { fileName: "a.mp3", bytes: 1000 });
    const { id } = upload.body;
    await send("PUT", `stations/${slug}/uploads/${id}/parts/1`, makeFile(1000));
    await cron(MEDIA.uploadKeptMs - 60_000);
    expect((await call("GET", `stations/${slug}/uploads/${id}`)).status).toBe(200);
    await cron(MEDIA.uploadKeptMs + 60_000);
    expect((await call("GET", `stations/${slug}/uploads/${id}`)).status).toBe(404);
    const { results } = await env.DB.prepare("select * from parts where owner = ?").bind(id).all();
    expect(results).toEqual([]);
  });

  it("ends the jobs of nodes that are gone, and forgets what they left in R2", async () => {
    const { id } = await storeFile(slug, FILE);
    const { body: job } = await origin.claim();
    await origin.putPart(job.id, 1, CONTENT);
    await origin.finishPrepared(job.id);
    await cron(61_000);
    expect((await read(id)).work).toMatchObject({ state: "waiting", attempt: 2 });
    expect(await env.MEDIA.head(preparedKey(slug, await hashOf(CONTENT)))).toBeNull();
    await cron(31 * DAY);
    expect((await call("GET", `jobs?media=${id}`)).body.items).toMatchObject([{ attempt: 2 }]);
  });
});
