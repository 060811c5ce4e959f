import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { planKey, StationPlan } from "../../contracts/plan.ts";
import { createLog } from "../../kit/log.ts";
import { openDatabase } from "../db/database.ts";
import { changeMedia } from "../media/change-media.ts";
import { deleteMedia, restoreMedia } from "../media/delete-media.ts";
import { approveMedia, rejectMedia } from "../media/review.ts";
import { changeStation } from "../registry/change-station.ts";
import { createStation } from "../registry/create-station.ts";
import { changeRelay, createRelay, deleteRelay, startRelay, stopRelay } from "../relays/relays.ts";
import { changeEntry, createEntry, deleteEntry } from "./entries.ts";
import { setPlaylistEntries } from "./playlist-entries.ts";
import { changePlaylist, createPlaylist, deletePlaylist } from "./playlists.ts";
import { publishPlans } from "./publish-plans.ts";
import { setRotation } from "./rotation.ts";
import { addFile } from "./test-library.ts";

const STATION = "walked";
const MINUTE = 60_000;

it("every change of what a plan is made of is in the plan that the next minute's cron publishes", async () => {
  let now = Date.UTC(2026, 10, 22, 13);
  const clock = { now: () => now, monotonic: () => now };
  const log = createLog({ write: () => {} });
  const context = { db: openDatabase(env.DB), clock, log, actor: "admin test", isPrivateAllowed: false };
  const { MEDIA } = env;

  async function planOfTheNextMinute(): Promise<StationPlan> {
    now += MINUTE;
    await publishPlans({ ...context, bucket: MEDIA });
    return StationPlan.parse(await (await MEDIA.get(planKey(STATION)))?.json());
  }

  await createStation(context, { slug: STATION, name: "Walked" });
  const [played, show] = [await addFile(STATION, "Played"), await addFile(STATION, "Show")];
  const playlist = (await createPlaylist(context, STATION, { name: "All", order: "sequence" })).id;
  let relay = "";
  let entry = "";
  let spare = "";
  const changes: [string, () => Promise<unknown>][] = [
    ["entries of a playlist", () => setPlaylistEntries(context, STATION, playlist, { entries: [{ media: played }] })],
    ["a playlist's order", () => changePlaylist(context, STATION, playlist, { order: "shuffle" })],
    ["a new playlist", async () => (spare = (await createPlaylist(context, STATION, { name: "Spare" })).id)],
    ["a deleted playlist", () => deletePlaylist(context, STATION, spare)],
    ["the rules", () => setRotation(context, STATION, { playlist, crossfadeMs: 1000 })],
    [
      "a new entry of the schedule",
      async () => {
        const content = { kind: "show" as const, media: [show] };
        const made = { title: "The show", content, from: "2026-11-23T20:00", durationMinutes: 60 };
        entry = (await createEntry(context, STATION, made)).id;
      },
    ],
    ["an entry's time", () => changeEntry(context, STATION, entry, { from: "2026-11-23T21:00" })],
    ["the time zone", () => setRotation(context, STATION, { playlist, crossfadeMs: 1000, timeZone: "Asia/Tokyo" })],
    ["a file's title", () => changeMedia(context, STATION, played, { title: "Renamed" })],
    ["a file that is rejected", () => rejectMedia(context, MEDIA, STATION, played, { reason: "not ours" })],
    ["a file that is approved", () => approveMedia(context, MEDIA, STATION, played, {})],
    ["a file that is deleted", () => deleteMedia(context, MEDIA, STATION, show, { force: true })],
    ["a file that is restored", () => restoreMedia(context, MEDIA, STATION, show)],
    ["a deleted entry", () => deleteEntry(context, STATION, entry)],
    [
      "a new relay",
      async () => {
        relay = (await createRelay(context, STATION, { name: "Far", url: "https://radio.example/live" })).id;
      },
    ],
    ["a relay's address", () => changeRelay(context, STATION, relay, { url: "https://radio.example/other" })],
    ["a relay that is put on air", () => startRelay(context, STATION, relay)],
    ["a relay that is taken off", () => stopRelay(context, STATION, relay)],
    ["a relay on trial", () => changeRelay(context, STATION, relay, { isTrial: true })],
    ["a deleted relay", () => deleteRelay(context, STATION, relay)],
  ];

  let { version } = await planOfTheNextMinute();
  for (const [what, change] of changes) {
    await change();
    const plan = await planOfTheNextMinute();
    expect(plan.version, what).toBe(version + 1);
    version = plan.version;
  }
  await changeStation(context, STATION, { name: "Not planned by", livePolicy: "armed" });
  expect((await planOfTheNextMinute()).version, "what no plan is made of").toBe(version);
});
