import { and, asc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { Track } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { PlannedPlaylist, PlannedRelay } from "../../contracts/plan.ts";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { media, playlistEntries, playlists, scheduleEntries } from "../db/schema.ts";
import { readPlannedRelays } from "../relays/planned-relays.ts";
import { readEntries } from "./entries.ts";
import type { StoredEntry } from "./entry.ts";
import { type Rotation, readRotation } from "./rotation.ts";

/** All that a station's plan is made of. */
export type PlanFacts = {
  station: StationSlug;
  rotation: Rotation;
  entries: StoredEntry[];
  playlists: PlannedPlaylist[];
  /** What may go on air of what is on a playlist or in a show. */
  tracks: Track[];
  relays: PlannedRelay[];
};

export async function readFacts(context: Omit<Context, "actor">, station: StationSlug): Promise<PlanFacts> {
  const { db } = context;
  return {
    station,
    rotation: await readRotation(db, station),
    entries: await readEntries(db, station),
    playlists: await readPlannedPlaylists(db, station),
    tracks: await readTracks(context, station),
    relays: await readPlannedRelays(db, station),
  };
}

async function readPlannedPlaylists(db: Database, station: StationSlug): Promise<PlannedPlaylist[]> {
  const isOfStation = eq(playlists.station, station);
  const { id, name, order } = playlists;
  const { playlist, media, weight, position } = playlistEntries;
  const [rows, entries] = await db.batch([
    db.select({ id, name, order }).from(playlists).where(isOfStation).orderBy(asc(id)),
    db
      .select({ playlist, media, weight })
      .from(playlistEntries)
      .innerJoin(playlists, eq(playlists.id, playlist))
      .where(isOfStation)
      .orderBy(asc(playlist), asc(position)),
  ]);
  const entriesOf = Map.groupBy(entries, (entry) => entry.playlist);
  return rows.map((row) => ({
    ...row,
    entries: (entriesOf.get(row.id) ?? []).map((entry) => ({ media: entry.media, weight: entry.weight })),
  }));
}

async function readTracks({ db, log }: Omit<Context, "actor">, station: StationSlug): Promise<Track[]> {
  const isNamed = sql`${media.id} in (
    select ${playlistEntries.media} from ${playlistEntries}
      join ${playlists} on ${playlists.id} = ${playlistEntries.playlist} where ${playlists.station} = ${station}
    union select value from ${scheduleEntries}, json_each(${scheduleEntries.content}, '$.media')
      where ${scheduleEntries.station} = ${station})`;
  const rows = await db
    .select({
      id: media.id,
      kind: media.kind,
      title: media.title,
      artist: media.artist,
      preparation: media.preparation,
    })
    .from(media)
    .where(
      and(
        eq(media.station, station),
        eq(media.state, "approved"),
        isNull(media.deletedAt),
        isNotNull(media.preparation),
        isNamed,
      ),
    )
    .orderBy(asc(media.id));
  return rows.flatMap(({ id, preparation, ...told }) => {
    const cover = preparation?.cover?.sha256 ?? null;
    const track = Track.safeParse({ ...preparation, ...told, media: id, cover });
    if (!track.success) log.error("a file cannot be planned", { station, media: id, error: track.error.message });
    return track.success ? [track.data] : [];
  });
}
