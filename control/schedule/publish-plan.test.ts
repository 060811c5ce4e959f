import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { planKey, StationPlan } from "../../contracts/plan.ts";
import { createRundown } from "../../contracts/rundown/rundown.ts";
import { frameAt } from "../../contracts/timeline.ts";
import { createLog } from "../../kit/log.ts";
import { openDatabase } from "../db/database.ts";
import { createStation } from "../registry/create-station.ts";
import { deleteStation } from "../registry/delete-station.ts";
import { createEntry, deleteEntry } from "./entries.ts";
import { setPlaylistEntries } from "./playlist-entries.ts";
import { createPlaylist } from "./playlists.ts";
import { SCHEDULE } from "./policy.ts";
import { publishPlan } from "./publish-plan.ts";
import { publishPlans } from "./publish-plans.ts";
import { setRotation } from "./rotation.ts";
import { addFile } from "./test-library.ts";
import { wallAt } from "./wall-clock.ts";

const NOON = Date.UTC(2026, 10, 22, 13);
const HOUR = 3_600_000;
const lines: string[] = [];
let now = NOON;
const clock = { now: () => now, monotonic: () => now };
const context = {
  db: openDatabase(env.DB),
  clock,
  log: createLog({ write: (line) => lines.push(line) }),
  actor: "admin test",
};
const deps = { ...context, bucket: env.MEDIA };

async function published(station: string): Promise<StationPlan | null> {
  const object = await env.MEDIA.get(planKey(station));
  return object ? StationPlan.parse(await object.json()) : null;
}

async function makeStation(station: string): Promise<{ playlist: string; files: string[] }> {
  await createStation(context, { slug: station, name: station });
  const files = [await addFile(station, "One"), await addFile(station, "Two"), await addFile(station, "Three")];
  const { id } = await createPlaylist(context, station, { name: "All", order: "sequence" });
  await setPlaylistEntries(context, station, id, { entries: files.map((media) => ({ media })) });
  await setRotation(context, station, { playlist: id, timeZone: "Europe/Berlin" });
  return { playlist: id, files };
}

beforeEach(() => {
  now = NOON;
  lines.length = 0;
});

describe("A plan", () => {
  it("holds what is played and when, and only what may go on air", async () => {
    const { playlist, files } = await makeStation("first");
    const rest = await Promise.all([
      addFile("first", "In review", { state: "in-review" }),
      addFile("first", "Deleted", { deletedAt: 1 }),
    ]);
    await env.DB.prepare("update media set deleted_at = null where title = 'Deleted'").run();
    await setPlaylistEntries(context, "first", playlist, { entries: [...files, ...rest].map((media) => ({ media })) });
    await env.DB.prepare("update media set deleted_at = 1 where title = 'Deleted'").run();
    await addFile("first", "On no playlist");
    const episode = await addFile("first", "Episode");
    await createEntry(context, "first", {
      title: "The show",
      content: { kind: "show", media: [episode] },
      from: "2026-11-22T20:00",
      durationMinutes: 60,
      rule: "FREQ=DAILY",
    });
    await publishPlan(deps, "first");
    const plan = await published("first");
    expect(plan?.tracks.map(({ title }) => title).toSorted()).toEqual(["Episode", "One", "Three", "Two"]);
    expect(plan?.playlists[0]?.entries).toHaveLength(5);
    expect(plan).toMatchObject({ version: 1, publishedAt: NOON, seed: "first", playlist, carry: [] });
    expect(plan?.slots).toHaveLength(14);
    expect(plan?.slots[0]).toMatchObject({
      title: "The show",
      from: frameAt(Date.UTC(2026, 10, 22, 19)),
      start: "hard",
    });
  });

  it("is published again only when something has changed", async () => {
    await makeStation("same");
    await publishPlan(deps, "same");
    now += 60_000;
    await publishPlan(deps, "same");
    expect((await published("same"))?.version).toBe(1);
    await setRotation(context, "same", { targetLoudness: -18 });
    await publishPlan(deps, "same");
    expect(await published("same")).toMatchObject({ version: 2, targetLoudness: -18 });
  });

  it("leaves what is on air alone when it changes", async () => {
    await makeStation("steady");
    await publishPlan(deps, "steady");
    const first = await published("steady");
    now += HOUR;
    await setRotation(context, "steady", { playlist: null });
    await publishPlan(deps, "steady");
    const second = await published("steady");
    if (!first || !second) throw new Error("nothing was published");
    expect(second.effectiveFrom).toBe(frameAt(now + SCHEDULE.leadMs));
    const window = [second.effectiveFrom * 1024 - 48_000, second.effectiveFrom * 1024 + 1] as const;
    const placeOf = ({ from, track }: { from: number; track: { title: string } }) => [from, track.title];
    expect(
      createRundown(second)
        .at(...window)
        .map(placeOf),
    ).toEqual(
      createRundown(first)
        .at(...window)
        .map(placeOf),
    );
    expect(createRundown(second).at(window[1] + 300 * 48_000, window[1] + 600 * 48_000)).toEqual([]);
  });

  it("never gets a lower version, even when D1 has lost what it knew", async () => {
    await makeStation("restored");
    await publishPlan(deps, "restored");
    await setRotation(context, "restored", { seed: "two" });
    await publishPlan(deps, "restored");
    await env.DB.prepare("update plans set version = 0, sha256 = null, etag = null where station = 'restored'").run();
    await publishPlan(deps, "restored");
    expect((await published("restored"))?.version).toBe(3);
  });

  it("is written anew where what stands there is no plan", async () => {
    await makeStation("broken");
    await env.MEDIA.put(planKey("broken"), "nonsense");
    await publishPlan(deps, "broken");
    expect((await published("broken"))?.carry).toEqual([]);
    expect(lines.join()).toContain("cannot be read");
  });

  it("does not bury one that somebody else has just written", async () => {
    await makeStation("raced");
    const bucket = {
      head: env.MEDIA.head.bind(env.MEDIA),
      get: env.MEDIA.get.bind(env.MEDIA),
      put: async (...parts: Parameters<R2Bucket["put"]>) => {
        await env.MEDIA.put(planKey("raced"), "newer");
        return env.MEDIA.put(...parts);
      },
    } as typeof deps.bucket;
    expect(await publishPlan({ ...deps, bucket }, "raced")).toBe(false);
    expect(await (await env.MEDIA.get(planKey("raced")))?.text()).toBe("newer");
  });

  it("is empty again for a station that was deleted and made anew", async () => {
    await makeStation("anew");
    await publishPlans(deps);
    await deleteStation(context, "anew");
    now += 60_000;
    await publishPlans(deps);
    expect((await published("anew"))?.version).toBe(1);
    await createStation(context, { slug: "anew", name: "anew" });
    await publishPlans(deps);
    expect(await published("anew")).toMatchObject({ version: 2, playlist: null, playlists: [], slots: [] });
  });

  it("leaves out a file that cannot be planned, and says so", async () => {
    const { files } = await makeStation("odd");
    await env.DB.prepare("update media set preparation = '{}' where id = ?").bind(files[0]).run();
    await publishPlan(deps, "odd");
    expect((await published("odd"))?.tracks).toHaveLength(2);
    expect(lines.join()).toContain(files[0]);
  });
});

describe("Every minute", () => {
  it("what has changed is published, also when it is a file, and one that fails holds up no other", async () => {
    const { files } = await makeStation("minute");
    await makeStation("other");
    await publishPlans(deps);
    expect(await published("other")).not.toBeNull();
    now += HOUR;
    await env.DB.prepare("update media set state = 'rejected', updated_at = ? where id = ?").bind(now, files[0]).run();
    await setRotation(context, "other", { seed: "new" });
    const bucket = {
      head: async (key: string) => {
        if (key === planKey("other")) throw new Error("R2 is away");
        return env.MEDIA.head(key);
      },
      get: env.MEDIA.get.bind(env.MEDIA),
      put: env.MEDIA.put.bind(env.MEDIA),
    } as typeof deps.bucket;
    await publishPlans({ ...deps, bucket });
    expect((await published("minute"))?.tracks).toHaveLength(2);
    expect((await published("other"))?.version).toBe(1);
    await publishPlans(deps);
    expect((await published("other"))?.version).toBe(2);
  });

  it("plans are carried on, so that a fortnight is always planned", async () => {
    await makeStation("daily");
    const { id } = await createEntry(context, "daily", {
      title: "News",
      content: { kind: "live", keys: [], absent: null, overrunMinutes: 5 },
      from: wallAt(NOON, "Europe/Berlin"),
      durationMinutes: 5,
      rule: "FREQ=DAILY",
    });
    await publishPlans(deps);
    const first = await published("daily");
    now += 24 * HOUR;
    await publishPlans(deps);
    const second = await published("daily");
    expect(second?.version).toBe(2);
    expect((second?.slots.at(-1)?.from ?? 0) - (first?.slots.at(-1)?.from ?? 0)).toBe(frameAt(24 * HOUR));
    await deleteEntry(context, "daily", id);
    await publishPlans(deps);
    expect((await published("daily"))?.slots).toEqual([]);
  });
});
