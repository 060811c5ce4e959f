import { lt, sql } from "drizzle-orm";
import type { OriginState } from "../../contracts/fleet.ts";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { EVICTION_STEPS, type EvictionStep } from "../db/eviction-steps.ts";
import { evictionSteps } from "../db/schema.ts";
import { POLICY } from "./policy.ts";
import { POWERS } from "./states.ts";

/**
 * What is to be done when an origin goes from one state to another. Caches are told only of one whose segments
 * listeners were given and that did not leave in peace; only one that nobody holds is made anew.
 */
export function stepsFor(from: OriginState, to: OriginState, isHeld: boolean): EvictionStep[] {
  if (POWERS[to].serves || !POWERS[from].serves) return to === "evicted" && !isHeld ? ["recreate"] : [];
  const wasRouted = POWERS[from].routed === "by-weight" || isHeld;
  return EVICTION_STEPS.filter((step) => {
    if (step === "webhook" || step === "purge") return wasRouted && from !== "draining";
    if (step === "recreate") return to === "evicted" && !isHeld && from !== "draining";
    return true;
  });
}

/** Forgets what came to its end longer ago than incidents, which tell of it, are kept. */
export async function pruneEvictionSteps({ db, clock }: Pick<Context, "db" | "clock">): Promise<void> {
  await db.delete(evictionSteps).where(lt(evictionSteps.endedAt, clock.now() - POLICY.incidentsKeptMs));
}

/** For a batch, right after the last insert that hangs upon the conditional write: the steps appear only with it. */
export function insertStepsIfChanged(db: Database, origin: OriginId, evictedAt: number, steps: EvictionStep[]) {
  return db.insert(evictionSteps).select(
    sql`select ${origin}, ${evictedAt}, key, value, 0, ${evictedAt}, null, null
        from json_each(${JSON.stringify(steps)}) where changes() > 0`,
  );
}
