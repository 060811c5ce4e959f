import { and, asc, eq, gt, sql } from "drizzle-orm";
import { z } from "zod";
import { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import { PlannedPlaylist } from "../../contracts/plan.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { media, playlistEntries } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { readPlaylist, type StoredPlaylist } from "./playlists.ts";
import { SCHEDULE } from "./policy.ts";
import { requireMedia } from "./require-media.ts";
import { touchPlan } from "./touch-plan.ts";

/** All that is on a playlist, in its order. */
export const PlaylistEntries = z.strictObject({
  entries: z
    .array(z.strictObject({ media: MediaId, weight: PlannedPlaylist.shape.entries.element.shape.weight }))
    .max(SCHEDULE.entriesPerPlaylist),
});

export type StoredPlaylistEntry = {
  position: number;
  media: string;
  weight: number;
  title: string;
  artist: string;
  /** Whether it is heard: approved, and not deleted. */
  isOnAir: boolean;
};

export async function listPlaylistEntries(
  context: Context,
  station: StationSlug,
  playlist: string,
  input: z.input<typeof PageQuery>,
): Promise<Page<StoredPlaylistEntry>> {
  const { limit, cursor } = PageQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.number()]));
  await readPlaylist(context, station, playlist);
  const { position } = playlistEntries;
  const rows = await context.db
    .select({
      position,
      media: playlistEntries.media,
      weight: playlistEntries.weight,
      title: sql<string>`coalesce(${media.title}, '')`,
      artist: sql<string>`coalesce(${media.artist}, '')`,
      isOnAir: sql<number>`coalesce(${media.state} = 'approved' and ${media.deletedAt} is null, 0)`,
    })
    .from(playlistEntries)
    .leftJoin(media, eq(media.id, playlistEntries.media))
    .where(and(eq(playlistEntries.playlist, playlist), behind ? gt(position, behind[0]) : undefined))
    .orderBy(asc(position))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.position]);
  return { items: page.items.map((row) => ({ ...row, isOnAir: row.isOnAir === 1 })), next: page.next };
}

/** Puts these on the playlist instead of what is there. Throws a Refusal (422) for a file that is not the station's. */
export async function setPlaylistEntries(
  context: Context,
  station: StationSlug,
  playlist: string,
  input: z.input<typeof PlaylistEntries>,
): Promise<StoredPlaylist> {
  const { entries } = PlaylistEntries.parse(input);
  const { db } = context;
  const { name } = await readPlaylist(context, station, playlist);
  await requireMedia(
    context,
    station,
    entries.map((entry) => entry.media),
  );
  const message = `playlist ${playlist}, "${name}": ${entries.length} files`;
  await db.batch([
    db.delete(playlistEntries).where(eq(playlistEntries.playlist, playlist)),
    db.insert(playlistEntries).select(
      sql`select ${playlist}, key, json_extract(value, '$.media'), json_extract(value, '$.weight')
          from json_each(${JSON.stringify(entries)})`,
    ),
    insertIncidentIfChanged(db, incidentOf(context, { kind: "playlist-changed", station, message })),
    touchPlan(db, station),
  ]);
  return readPlaylist(context, station, playlist);
}
