import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { planKey, StationPlan } from "../../contracts/plan.ts";
import { addFile } from "../schedule/test-library.ts";
import { call, createStation } from "./test-client.ts";

const DAY_MS = 86_400_000;
const NOBODY = crypto.randomUUID();
const incidentsOf = async (station: string) =>
  (await call("GET", `incidents?station=${station}`)).body.items.map(({ kind }: { kind: string }) => kind);

let files: string[];
let playlist: string;

beforeAll(async () => {
  await createStation("radio");
  await createStation("elsewhere");
  files = await Promise.all(["One", "Two", "Three"].map((title) => addFile("radio", title)));
  const created = await call("POST", "stations/radio/playlists", { name: "Day", order: "sequence" });
  expect(created.status).toBe(201);
  playlist = created.body.id;
  const entries = files.map((media) => ({ media }));
  expect((await call("PUT", `stations/radio/playlists/${playlist}/entries`, { entries })).body.entries).toBe(3);
  expect((await call("PUT", "stations/radio/rules", { playlist, timeZone: "Europe/Berlin" })).status).toBe(200);
});

describe("Playlists", () => {
  it("are listed by name, page by page, with what is on them", async () => {
    await call("POST", "stations/radio/playlists", { name: "Night" });
    const first = await call("GET", "stations/radio/playlists?limit=1");
    expect(first.body.items).toMatchObject([{ id: playlist, name: "Day", order: "sequence", entries: 3 }]);
    const second = await call("GET", `stations/radio/playlists?limit=1&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{ name: "Night", order: "shuffle", entries: 0 }], next: null });
    const on = await call("GET", `stations/radio/playlists/${playlist}/entries`);
    expect(on.body.items.map(({ media, title, isOnAir }: never) => [media, title, isOnAir])).toEqual([
      [files[0], "One", true],
      [files[1], "Two", true],
      [files[2], "Three", true],
    ]);
  });

  it("take thousands of files at once", async () => {
    const { id } = (await call("POST", "stations/radio/playlists", { name: "Long" })).body;
    const entries = Array.from({ length: 10_000 }, (_, index) => ({ media: files[index % 3], weight: 2.5 }));
    const { status, body } = await call("PUT", `stations/radio/playlists/${id}/entries`, { entries });
    expect([status, body.entries]).toEqual([200, 10_000]);
    const last = await call("GET", `stations/radio/playlists/${id}/entries?cursor=${btoa("[9998]")}`);
    expect(last.body.items).toMatchObject([{ position: 9999, weight: 2.5 }]);
    const more = { entries: [...entries, entries[0]] };
    expect((await call("PUT", `stations/radio/playlists/${id}/entries`, more)).status).toBe(422);
  });

  it("are changed and deleted, but not while somebody plays them", async () => {
    const { id } = (await call("POST", "stations/radio/playlists", { name: "Tmp" })).body;
    const changed = await call("PATCH", `stations/radio/playlists/${id}`, { order: "weighted" });
    expect(changed.body).toMatchObject({ name: "Tmp", order: "weighted" });
    const content = { kind: "live", keys: [], absent: id, overrunMinutes: 0 };
    const entry = { title: "Live", content, from: "2030-01-01T10:00", durationMinutes: 60 };
    const scheduled = await call("POST", "stations/radio/schedule", entry);
    expect((await call("DELETE", `stations/radio/playlists/${id}`)).body.error.code).toBe("playlist_in_use");
    expect((await call("DELETE", `stations/radio/playlists/${playlist}`)).body.error.code).toBe("playlist_in_use");
    await call("DELETE", `stations/radio/schedule/${scheduled.body.id}`);
    expect((await call("DELETE", `stations/radio/playlists/${id}`)).status).toBe(204);
    expect((await call("GET", `stations/radio/playlists/${id}`)).status).toBe(404);
    expect((await call("GET", `stations/radio/playlists/${playlist}/entries`)).body.items).toHaveLength(3);
  });

  it("are the station's own, as are the files on them", async () => {
    expect((await call("GET", `stations/elsewhere/playlists/${playlist}`)).status).toBe(404);
    const { id } = (await call("POST", "stations/elsewhere/playlists", { name: "Foreign" })).body;
    const foreign = { entries: [{ media: files[0] }] };
    const refused = await call("PUT", `stations/elsewhere/playlists/${id}/entries`, foreign);
    expect([refused.status, refused.body.error.code]).toEqual([422, "no_such_media"]);
    const rules = await call("PUT", "stations/elsewhere/rules", { playlist });
    expect([rules.status, rules.body.error.code]).toEqual([422, "no_such_playlist"]);
  });
});

describe("Rules", () => {
  it("are as by default until somebody sets them, and each change is told", async () => {
    await createStation("ruled");
    expect((await call("GET", "stations/ruled/rules")).body).toMatchObject({
      timeZone: "UTC",
      targetLoudness: -16,
      playlist: null,
      jingles: null,
      crossfadeMs: 4000,
    });
    await call("PUT", "stations/ruled/rules", { crossfadeMs: 0, timeZone: "Asia/Tokyo" });
    expect((await call("GET", "stations/ruled/rules")).body).toMatchObject({ crossfadeMs: 0, timeZone: "Asia/Tokyo" });
    expect(await incidentsOf("ruled")).toContain("rules-changed");
  });

  it.each([{ timeZone: "Mars/Olympus" }, { crossfadeMs: -1 }, { unknown: 1 }, { targetLoudness: 0 }])(
    "refuse %j",
    async (rules) => {
      expect((await call("PUT", "stations/radio/rules", rules)).status).toBe(422);
    },
  );
});

describe("The schedule", () => {
  const show = (parts: object = {}) => ({
    title: "The show",
    content: { kind: "show", media: [files[0]] },
    from: "2026-10-24T02:30",
    durationMinutes: 30,
    ...parts,
  });

  it("is read, changed in part, and deleted", async () => {
    const { status, body } = await call("POST", "stations/radio/schedule", show({ rule: "FREQ=DAILY", priority: 70 }));
    expect(status).toBe(201);
    expect(body).toMatchObject({ host: "", except: [], start: "hard", priority: 70 });
    const path = `stations/radio/schedule/${body.id}`;
    expect((await call("PATCH", path, { host: "Ann" })).body).toMatchObject({ host: "Ann", priority: 70 });
    expect((await call("GET", path)).body).toMatchObject({ rule: "FREQ=DAILY", host: "Ann" });
    expect((await call("DELETE", path)).status).toBe(204);
    expect((await call("GET", path)).status).toBe(404);
    expect(await incidentsOf("radio")).toEqual(
      expect.arrayContaining(["schedule-entry-created", "schedule-entry-changed", "schedule-entry-deleted"]),
    );
  });

  it.each([
    ["a time that is none", { from: "2026-02-30T10:00" }],
    ["a rule that is none", { rule: "FREQ=SOMETIMES" }],
    ["no length", { durationMinutes: 0 }],
    ["a show of nothing", { content: { kind: "show", media: [] } }],
    ["a show of what is not there", { content: { kind: "show", media: [NOBODY] } }],
    ["a playlist that is not there", { content: { kind: "playlist", playlist: NOBODY } }],
    ["a word nobody knows", { prority: 1 }],
  ])("refuses %s", async (_, parts) => {
    expect((await call("POST", "stations/radio/schedule", show(parts))).status).toBe(422);
  });

  it("tells what is due on the days on which clocks are changed, and what overlaps", async () => {
    const daily = await call("POST", "stations/radio/schedule", show({ rule: "FREQ=DAILY" }));
    const news = { title: "News", priority: 90, from: "2026-10-25T02:45", durationMinutes: 5 };
    const content = { kind: "playlist", playlist };
    const winner = await call("POST", "stations/radio/schedule", { ...show(news), content });
    const from = Date.parse("2026-10-24T22:00Z");
    const { body } = await call("GET", `stations/radio/schedule/occurrences?from=${from}&until=${from + DAY_MS}`);
    const told = body.items.map(
      ({ title, from, warnings }: { title: string; from: number; warnings: { code: string }[] }) => [
        title,
        new Date(from).toISOString().slice(11, 16),
        warnings.map(({ code }) => code),
      ],
    );
    expect(told).toEqual([
      ["The show", "00:30", ["cut"]],
      ["News", "00:45", []],
      ["The show", "01:30", ["again"]],
    ]);
    expect(body.items[0].warnings[0].by).toEqual([winner.body.id]);
    await call("DELETE", `stations/radio/schedule/${daily.body.id}`);
    await call("DELETE", `stations/radio/schedule/${winner.body.id}`);
  });

  it("tells of 62 days at most", async () => {
    expect((await call("GET", `stations/radio/schedule/occurrences?from=0&until=${63 * DAY_MS}`)).status).toBe(422);
    expect((await call("GET", "stations/radio/schedule/occurrences?from=5&until=5")).status).toBe(422);
  });

  it("is for admins alone", async () => {
    for (const path of ["schedule", "playlists", "rules", "plan", "rundown?from=0&until=1"]) {
      expect((await call("GET", `stations/radio/${path}`, undefined, null)).status).toBe(401);
    }
  });
});

describe("What is played", () => {
  it("is told for hours ahead, soon after it was planned", async () => {
    await expect
      .poll(async () => (await call("GET", "stations/radio/plan")).body?.playlist, { timeout: 10_000 })
      .toBe(playlist);
    const from = Date.now() + 60_000;
    const { status, body } = await call("GET", `stations/radio/rundown?from=${from}&until=${from + 3_600_000}`);
    expect(status).toBe(200);
    expect(body.items.length).toBeGreaterThan(17);
    expect(body.items[0]).toMatchObject({ source: "autopilot", kind: "music", slot: null });
    expect(body.items[0].from).toBeLessThanOrEqual(from);
    expect((await call("GET", `stations/radio/rundown?from=0&until=${DAY_MS + 1}`)).status).toBe(422);
  });

  it("is nothing that anybody knows of where nothing was ever planned", async () => {
    await createStation("plain");
    expect((await call("GET", "stations/plain/plan")).status).toBe(404);
  });

  it("is shown without what gives access to relays", async () => {
    const object = await env.MEDIA.get(planKey("radio"));
    const plan = StationPlan.parse(await object?.json());
    const relay = { id: NOBODY, name: "Other", url: "https://user:secret@other.example/live.mp3?token=secret" };
    await env.MEDIA.put(planKey("radio"), JSON.stringify({ ...plan, relays: [relay] }));
    const { body } = await call("GET", "stations/radio/plan");
    expect(body.relays).toMatchObject([{ url: "https://other.example/live.mp3?token=***" }]);
    expect(JSON.stringify(body)).not.toContain("secret");
  });
});
