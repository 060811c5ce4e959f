import { and, eq, isNull } from "drizzle-orm";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { relays, renditions, slicers, stations, streamKeys } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { deleteLibraryIfChanged } from "../media/delete-library.ts";
import { notFound } from "../refusal.ts";
import { clearSchedule } from "../schedule/clear-schedule.ts";

/**
 * Takes a station off the air and out of the registry, with its keys and relays; media/clear-stations.ts sees to what it
 * published. Its files are deleted as if by hand: should its slug return in time, they can be restored.
 */
export async function deleteStation(context: Context, slug: StationSlug): Promise<void> {
  const { db } = context;
  const [deleted] = await db.batch([
    db
      .update(stations)
      .set({ deletedAt: context.clock.now(), studio: null, studioInstance: null })
      .where(and(eq(stations.slug, slug), isNull(stations.deletedAt)))
      .returning({ slug: stations.slug }),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: "station-deleted", station: slug, message: "the station was deleted" }),
    ),
    ...deleteLibraryIfChanged(context, slug),
    ...clearSchedule(db, slug),
    db.delete(relays).where(eq(relays.station, slug)),
    db.delete(streamKeys).where(eq(streamKeys.station, slug)),
    db.delete(slicers).where(eq(slicers.station, slug)),
    db.delete(renditions).where(eq(renditions.station, slug)),
  ]);
  if (deleted.length === 0) throw notFound(`station ${slug}`);
}
