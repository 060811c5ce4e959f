import { eq, inArray, sql } from "drizzle-orm";
import type { StationSlug } from "../../contracts/names.ts";
import type { Database } from "../db/database.ts";
import { plans, playlistEntries, playlists, rotations, scheduleEntries } from "../db/schema.ts";

/** For the batch that deletes a station: should its slug return, it begins with nothing planned. */
export function clearSchedule(db: Database, station: StationSlug) {
  const own = db.select({ id: playlists.id }).from(playlists).where(eq(playlists.station, station));
  return [
    db.delete(scheduleEntries).where(eq(scheduleEntries.station, station)),
    db.delete(rotations).where(eq(rotations.station, station)),
    db.delete(playlistEntries).where(inArray(playlistEntries.playlist, own)),
    db.delete(playlists).where(eq(playlists.station, station)),
    db
      .update(plans)
      .set({ revision: sql`${plans.revision} + 1` })
      .where(eq(plans.station, station)),
  ] as const;
}
