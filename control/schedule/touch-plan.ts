import { sql } from "drizzle-orm";
import type { StationSlug } from "../../contracts/names.ts";
import type { Database } from "../db/database.ts";
import { plans } from "../db/schema.ts";

/** For the batch of whatever changes what a station's plan is made of: it is built anew. */
export function touchPlan(db: Database, station: StationSlug) {
  return db
    .insert(plans)
    .values({ station, version: 0, revision: 1, seen: 0 })
    .onConflictDoUpdate({ target: plans.station, set: { revision: sql`${plans.revision} + 1` } });
}
