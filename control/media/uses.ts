import { and, asc, eq, sql } from "drizzle-orm";
import type { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { playlistEntries, playlists, scheduleEntries } from "../db/schema.ts";

/** What would miss a file. */
export type MediaUse = { kind: "playlist" | "schedule-entry"; id: string; name: string };

const MAX_USES = 100;
const MINUTE_MS = 60_000;
/** No zone is further from UTC than this. */
const ZONE_MS = 24 * 60 * MINUTE_MS;

/** The playlists and the schedule entries that name a file, but for what happened once and is over. */
export async function whereMediaIsUsed(
  { db, clock }: Pick<Context, "db" | "clock">,
  station: StationSlug,
  id: MediaId,
): Promise<MediaUse[]> {
  const names = sql`exists (select 1 from json_each(${scheduleEntries.content}, '$.media') where value = ${id})`;
  const [lists, entries] = await db.batch([
    db
      .selectDistinct({ id: playlists.id, name: playlists.name })
      .from(playlistEntries)
      .innerJoin(playlists, eq(playlists.id, playlistEntries.playlist))
      .where(and(eq(playlists.station, station), eq(playlistEntries.media, id)))
      .orderBy(asc(playlists.name))
      .limit(MAX_USES),
    db
      .select()
      .from(scheduleEntries)
      .where(and(eq(scheduleEntries.station, station), names))
      .orderBy(asc(scheduleEntries.from))
      .limit(MAX_USES),
  ]);
  const isToCome = ({ rule, from, durationMinutes }: (typeof entries)[number]) =>
    rule !== null || Date.parse(`${from}Z`) + durationMinutes * MINUTE_MS + ZONE_MS > clock.now();
  return [
    ...lists.map((list) => ({ kind: "playlist" as const, ...list })),
    ...entries.filter(isToCome).map(({ id, title }) => ({ kind: "schedule-entry" as const, id, name: title })),
  ];
}
