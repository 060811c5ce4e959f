import { and, eq, isNull, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../context.ts";
import { slicers, stations } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import type { StudioChange } from "./assign.ts";
import type { Slicer } from "./registry.ts";

/**
 * Writes what was decided in one transaction. Each studio change is conditional on the generation it was decided
 * upon, so of two sweeps at once only one wins, and only the winner's incident stands.
 */
export async function applyAssignment(
  context: Context,
  assignment: { studios: StudioChange[]; added: Slicer[]; removed: Slicer[] },
): Promise<void> {
  const { db } = context;
  const steps: BatchItem<"sqlite">[] = assignment.studios.flatMap((change) => [
    db
      .update(stations)
      .set({ studio: change.studio, studioInstance: change.instance, generation: change.generation })
      .where(and(eq(stations.slug, change.station), eq(stations.generation, change.from), isNull(stations.deletedAt))),
    ...eventsOf(change).map((event) => insertIncidentIfChanged(db, incidentOf(context, event))),
  ]);
  const pair = sql`json_extract(value, '$.station'), json_extract(value, '$.origin')`;
  if (assignment.added.length > 0) {
    const rows = sql`select ${pair}, ${context.clock.now()} from json_each(${JSON.stringify(assignment.added)}) where true`;
    steps.push(db.insert(slicers).select(rows).onConflictDoNothing());
  }
  if (assignment.removed.length > 0) {
    const rows = sql`select ${pair} from json_each(${JSON.stringify(assignment.removed)})`;
    steps.push(db.delete(slicers).where(sql`(${slicers.station}, ${slicers.origin}) in (${rows})`));
  }
  const [first, ...rest] = steps;
  if (first) await db.batch([first, ...rest]);
}

/** Told of the origin that is studio now, and of the one that is not any more. */
function eventsOf({ station, left, studio, generation, reason }: StudioChange) {
  const what = studio ? `${studio} is studio under generation ${generation}` : `no studio, generation ${generation}`;
  const message = `${what}: ${reason}`;
  const changed = { kind: "studio-changed", station, ...(studio ? { origin: studio } : {}), message };
  const isReplaced = left !== null && left !== studio;
  return isReplaced ? [{ kind: "studio-replaced", station, origin: left, message }, changed] : [changed];
}
