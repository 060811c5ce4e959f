import { and, asc, count, eq, gt, inArray, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import { PlaylistOrder } from "../../contracts/plan.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { playlistEntries, playlists, rotations, scheduleEntries } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { conflict, notFound, Refusal } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";
import { SCHEDULE } from "./policy.ts";
import { touchPlan } from "./touch-plan.ts";

export const NewPlaylist = z.strictObject({
  name: z.string().trim().min(1).max(100),
  order: PlaylistOrder.default("shuffle"),
});

export const PlaylistChange = z
  .strictObject({ name: NewPlaylist.shape.name.optional(), order: PlaylistOrder.optional() })
  .refine((change) => Object.keys(change).length > 0, "nothing to change");

export type StoredPlaylist = { id: string; name: string; order: PlaylistOrder; entries: number; createdAt: number };

const COLUMNS = {
  id: playlists.id,
  name: playlists.name,
  order: playlists.order,
  createdAt: playlists.createdAt,
  entries: sql<number>`(select count(*) from ${playlistEntries} where ${playlistEntries.playlist} = ${playlists.id})`,
};

/** Playlists by name. */
export async function listPlaylists(
  context: Context,
  station: StationSlug,
  input: z.input<typeof PageQuery>,
): Promise<Page<StoredPlaylist>> {
  const { limit, cursor } = PageQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.string(), z.string()]));
  await readStation(context, station);
  const { name, id } = playlists;
  const rows = await context.db
    .select(COLUMNS)
    .from(playlists)
    .where(
      and(
        eq(playlists.station, station),
        behind ? or(gt(name, behind[0]), and(eq(name, behind[0]), gt(id, behind[1]))) : undefined,
      ),
    )
    .orderBy(asc(name), asc(id))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.name, row.id]);
}

export async function readPlaylist({ db }: Context, station: StationSlug, id: string): Promise<StoredPlaylist> {
  const [row] = await db.select(COLUMNS).from(playlists).where(isIt(station, id));
  if (!row) throw notFound(`playlist ${id}`);
  return row;
}

export async function createPlaylist(
  context: Context,
  station: StationSlug,
  input: z.input<typeof NewPlaylist>,
): Promise<StoredPlaylist> {
  const { name, order } = NewPlaylist.parse(input);
  const { db, clock } = context;
  await readStation(context, station);
  const [present] = await db.select({ number: count() }).from(playlists).where(eq(playlists.station, station));
  if ((present?.number ?? 0) >= SCHEDULE.playlistsPerStation) {
    throw conflict("too_many_playlists", `A station may have ${SCHEDULE.playlistsPerStation} playlists.`);
  }
  const row = { id: crypto.randomUUID(), station, name, order, createdAt: clock.now() };
  await db.batch([
    db.insert(playlists).values(row),
    insertIncidentIfChanged(db, incidentOf(context, told("created", station, row.id, name))),
    touchPlan(db, station),
  ]);
  return readPlaylist(context, station, row.id);
}

export async function changePlaylist(
  context: Context,
  station: StationSlug,
  id: string,
  input: z.input<typeof PlaylistChange>,
): Promise<StoredPlaylist> {
  const change = PlaylistChange.parse(input);
  const { db } = context;
  const present = await readPlaylist(context, station, id);
  const { name = present.name, order = present.order } = change;
  await db.batch([
    db.update(playlists).set({ name, order }).where(isIt(station, id)),
    insertIncidentIfChanged(db, incidentOf(context, told("changed", station, id, name))),
    touchPlan(db, station),
  ]);
  return readPlaylist(context, station, id);
}

/** Throws a Refusal (409) while the rules or the schedule name it. */
export async function deletePlaylist(context: Context, station: StationSlug, id: string): Promise<void> {
  const { db } = context;
  const { name } = await readPlaylist(context, station, id);
  const named = sql`select 1 from ${rotations} where station = ${station}
      and ${id} in (json_extract(value, '$.playlist'), json_extract(value, '$.jingles.playlist'))
    union all select 1 from ${scheduleEntries} where station = ${station}
      and ${id} in (json_extract(content, '$.playlist'), json_extract(content, '$.absent'))`;
  const isUnused = sql`not exists (${named})`;
  const [, deleted] = await db.batch([
    db.delete(playlistEntries).where(and(eq(playlistEntries.playlist, id), isUnused)),
    db
      .delete(playlists)
      .where(and(isIt(station, id), isUnused))
      .returning({ id: playlists.id }),
    insertIncidentIfChanged(db, incidentOf(context, told("deleted", station, id, name))),
    touchPlan(db, station),
  ]);
  if (deleted.length === 0) {
    throw conflict("playlist_in_use", "The station's rules or its schedule play this playlist.");
  }
}

/** Throws a Refusal (422) unless all these are playlists of the station; null stands for none. */
export async function requirePlaylists(
  { db }: Context,
  station: StationSlug,
  ids: readonly (string | null)[],
): Promise<void> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return;
  const found = await db
    .select({ id: playlists.id })
    .from(playlists)
    .where(and(eq(playlists.station, station), inArray(playlists.id, wanted)));
  const missing = wanted.find((id) => !found.some((row) => row.id === id));
  if (missing) throw new Refusal(422, "no_such_playlist", `The station has no playlist ${missing}.`);
}

function isIt(station: StationSlug, id: string) {
  return and(eq(playlists.station, station), eq(playlists.id, id));
}

function told(verb: string, station: StationSlug, id: string, name: string) {
  return { kind: `playlist-${verb}`, station, message: `playlist ${id}, "${name}"` };
}
