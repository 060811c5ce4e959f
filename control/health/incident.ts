import { sql } from "drizzle-orm";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { incidents } from "../db/schema.ts";
import { createIncidentIds } from "./incident-id.ts";

export type Incident = typeof incidents.$inferSelect;

const nextId = createIncidentIds();

/** An incident that happens now, by whoever acts. Of the same ms, the later one has the higher id. */
export function incidentOf(
  context: { clock: Pick<Context["clock"], "now">; actor: string },
  event: { kind: string; station?: StationSlug; origin?: OriginId; message: string },
): Incident {
  const at = context.clock.now();
  return {
    id: nextId(at),
    at,
    kind: event.kind,
    station: event.station ?? null,
    origin: event.origin ?? null,
    actor: context.actor,
    message: event.message,
  };
}

/** For a batch, right after the conditional write it tells of: the row appears only if that write changed something. */
export function insertIncidentIfChanged(db: Database, row: Incident) {
  return db
    .insert(incidents)
    .select(
      sql`select ${row.id}, ${row.at}, ${row.kind}, ${row.station}, ${row.origin}, ${row.actor}, ${row.message} where changes() > 0`,
    );
}

/** A reported incident: its id makes a repeated report the same row. */
export function insertIncidentOnce(db: Database, row: Incident) {
  return db.insert(incidents).values(row).onConflictDoNothing();
}
