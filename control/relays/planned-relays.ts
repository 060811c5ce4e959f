import { asc, eq } from "drizzle-orm";
import type { StationSlug } from "../../contracts/names.ts";
import type { PlannedRelay } from "../../contracts/plan.ts";
import type { Database } from "../db/database.ts";
import { relays } from "../db/schema.ts";

/** A station's relays as its origins need them: with their credentials. */
export function readPlannedRelays(db: Database, station: StationSlug): Promise<PlannedRelay[]> {
  const { id, name, url, isOnAir, isTrial } = relays;
  return db
    .select({ id, name, url, isOnAir, isTrial })
    .from(relays)
    .where(eq(relays.station, station))
    .orderBy(asc(id));
}
