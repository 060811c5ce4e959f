import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ProgrammeItem } from "../../contracts/programme-item.ts";
import { indexKey } from "../../contracts/storage.ts";
import { frameAt, isoTime, programmeTime } from "../../contracts/timeline.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { openDatabase } from "../db/database.ts";
import { makeIndex, makeSegments } from "../health/test-indexes.ts";
import { prunePlays } from "../history/keep.ts";
import { recordPlays } from "../history/record.ts";
import { addFile } from "../schedule/test-library.ts";
import { call, createStation, enrol, makeEnrolmentToken } from "./test-client.ts";

const db = openDatabase(env.DB);
const lines: string[] = [];
const log = createLog({ write: (line) => lines.push(line) });
const MINUTE = 2813;

let slug: string;
let stations = 0;
let now: number;

beforeAll(async () => {
  await createStation("first");
  const enrolment = await makeEnrolmentToken();
  await enrol("origin-1", enrolment);
  await enrol("origin-2", enrolment);
});

beforeEach(async () => {
  stations += 1;
  slug = `history-${stations}`;
  now = frameAt(Date.now());
  lines.length = 0;
  expect((await createStation(slug)).status).toBe(201);
  await env.DB.prepare("insert or ignore into slicers select ?, id, 0 from origins").bind(slug).run();
});

/** A track that began so many minutes ago. */
const track = (minutesAgo: number, title: string, parts: Partial<ProgrammeItem> = {}): ProgrammeItem => ({
  frame: now - minutesAgo * MINUTE,
  source: "autopilot",
  title,
  artist: "",
  frames: null,
  ...parts,
});

async function publish(origin: string, items: ProgrammeItem[], generation = 1): Promise<void> {
  const index = makeIndex(slug, origin, makeSegments(Date.now(), 3, { generation }), Date.now());
  await env.MEDIA.put(indexKey(slug, origin), JSON.stringify({ ...index, items }));
}

const record = (bucket: Pick<R2Bucket, "get"> = env.MEDIA) => recordPlays({ db, clock: systemClock, log, bucket });
const listed = async (query = "") => (await call("GET", `stations/${slug}/history?limit=100&${query}`)).body.items;
const titles = async (query = "") => (await listed(query)).map(({ title }: { title: string }) => title);

describe("the play history", () => {
  it("tells what was heard, for how long, and what the file was called when it was", async () => {
    const media = await addFile(slug, "Tide");
    await env.DB.prepare("update media set album = 'Seas', isrc = 'DEABC2600001' where id = ?").bind(media).run();
    const items = [
      track(9, "Tide", { artist: "The Waves", media, frames: 4 * MINUTE }),
      track(4, "Evening show", { source: "live", host: "Ann" }),
    ];
    await publish("origin-1", items);
    await record();
    const [live, tide] = await listed();
    expect(tide).toEqual({
      ...{ frame: items[0]?.frame, startedAt: Math.floor(programmeTime(items[0]?.frame ?? 0)), source: "autopilot" },
      ...{ title: "Tide", artist: "The Waves", album: "Seas", isrc: "DEABC2600001", host: null, media },
      seconds: 240.043,
    });
    expect(await titles(`from=${live.startedAt}`)).toEqual(["Evening show"]);
    expect(live).toMatchObject({ source: "live", title: "Evening show", host: "Ann", isrc: "", seconds: null });
  });

  it("has each playing once, however often one looks and however often the studio changes", async () => {
    const tide = track(9, "Tide", { frames: 5 * MINUTE });
    await publish("origin-1", [track(12, "Dawn"), tide]);
    await Promise.all([record(), record()]);
    const taken = { ...tide, frame: tide.frame + MINUTE, frames: 4 * MINUTE };
    await publish("origin-2", [taken, track(4, "Train")], 2);
    await record();
    await env.MEDIA.delete(indexKey(slug, "origin-1"));
    await record();
    expect(await titles()).toEqual(["Train", "Tide", "Dawn"]);
  });

  it("takes up after control was away for a hundred items", async () => {
    await publish(
      "origin-1",
      Array.from({ length: 100 }, (_, index) => track(200 - index, `${index}`)),
    );
    await record();
    expect(await titles()).toEqual(Array.from({ length: 100 }, (_, index) => `${99 - index}`));
  });

  it("waits with a station of which an index cannot be read, and goes on with the others", async () => {
    await publish("origin-1", [track(3, "Tide")]);
    const broken = indexKey(slug, "origin-2");
    await env.MEDIA.put(broken, "{");
    await record();
    expect(await titles()).toEqual([]);
    expect(lines.join()).toContain("is not recorded yet");
    await env.MEDIA.delete(broken);
    await record();
    expect(await titles()).toEqual(["Tide"]);
  });

  it("comes page by page, and by time", async () => {
    await publish("origin-1", [track(4, "a"), track(3, "b"), track(2, "c"), track(1, "d")]);
    await record();
    const { body } = await call("GET", `stations/${slug}/history?limit=3`);
    expect(body.items).toHaveLength(3);
    const rest = await call("GET", `stations/${slug}/history?cursor=${encodeURIComponent(body.next)}`);
    expect(rest.body).toMatchObject({ items: [{ title: "a" }], next: null });
    const startOf = (minutesAgo: number) => Math.floor(programmeTime(now - minutesAgo * MINUTE));
    expect(await titles(`from=${startOf(3)}&until=${startOf(1)}`)).toEqual(["c", "b"]);
  });

  it("is refused for a station that there is not, and for a time that is none", async () => {
    expect((await call("GET", "stations/nowhere/history")).status).toBe(404);
    expect((await call("GET", "stations/nowhere/history.csv")).status).toBe(404);
    expect((await call("GET", `stations/${slug}/history?from=yesterday`)).status).toBe(422);
    expect((await call("GET", `stations/${slug}/history`, undefined, null)).status).toBe(401);
  });
});

describe("a report", () => {
  it("tells it as CSV, oldest first, with no formula in it", async () => {
    const first = track(9, "=HYPERLINK(1)", { artist: "@evil", frames: MINUTE });
    const second = track(4, 'Say "hello", twice\nor so', { source: "live", host: "Zoë" });
    await publish("origin-1", [first, second]);
    await record();
    const { status, headers, body } = await call("GET", `stations/${slug}/history.csv`);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(headers.get("content-disposition")).toBe(`attachment; filename="${slug}-history.csv"`);
    expect(body.replace(/^\uFEFF/, "")).toBe(
      [
        "started,seconds,title,artist,album,isrc,source,host",
        `${isoTime(first.frame)},60.011,'=HYPERLINK(1),'@evil,,,autopilot,`,
        `${isoTime(second.frame)},,"Say ""hello"", twice\nor so",,,,live,Zoë`,
        "",
      ].join("\r\n"),
    );
  });

  it("is whole, however long it is", async () => {
    await env.DB.prepare(
      `insert into plays (station, frame, source, title, artist, album, isrc)
       with recursive n(i) as (select 0 union all select i + 1 from n where i < 2499)
       select ?, ? + i * 1000, 'autopilot', 'track ' || i, '', '', '' from n`,
    )
      .bind(slug, now - 2_600_000)
      .run();
    const { body } = await call("GET", `stations/${slug}/history.csv`);
    const told = [...body.matchAll(/,track (\d+),/g)].map(([, number]) => Number(number));
    expect(told).toEqual(Array.from({ length: 2500 }, (_, index) => index));
  });

  it("is of the last 31 days unless asked otherwise, and of 400 at most", async () => {
    await publish("origin-1", [track(60 * 24 * 32, "Long ago"), track(60, "Lately")]);
    await record();
    const told = async (query: string) => (await call("GET", `stations/${slug}/history.csv?${query}`)).body;
    expect(await told("")).not.toContain("Long ago");
    expect(await told(`from=${Date.now() - 40 * 86_400_000}`)).toContain("Long ago");
    expect((await call("GET", `stations/${slug}/history.csv?from=0`)).body.error.code).toBe("period_too_long");
  });
});

describe("what is kept", () => {
  it("is for three years, or as is set, with an incident", async () => {
    expect((await call("GET", "history-keeping")).body).toEqual({ keptDays: 1100 });
    expect((await call("PUT", "history-keeping", { keptDays: 100 })).body).toEqual({ keptDays: 100 });
    expect((await call("PUT", "history-keeping", { keptDays: 1 })).status).toBe(422);
    const { body } = await call("GET", "incidents?limit=100");
    expect(body.items.map(({ kind }: { kind: string }) => kind)).toContain("history-keeping-changed");
    await publish("origin-1", [track(60 * 24 * 101, "Long ago"), track(60 * 24 * 99, "Lately")]);
    await record();
    await prunePlays({ db, clock: systemClock });
    expect(await titles()).toEqual(["Lately"]);
  });
});
