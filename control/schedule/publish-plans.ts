import { and, asc, eq, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm";
import { media, plans, stations } from "../db/schema.ts";
import { keepPlan } from "./keep-plan.ts";
import { SCHEDULE } from "./policy.ts";
import type { PlanDependencies } from "./publish-plan.ts";

/**
 * Publishes the plans that may be out of date, or have not been looked at for long. One that fails holds up no
 * other: its turn comes after those that have not.
 */
export async function publishPlans(deps: PlanDependencies): Promise<void> {
  const { db, clock } = deps;
  const isMediaChanged = sql`exists (select 1 from ${media} where ${media.station} = ${plans.station}
    and ${media.updatedAt} > ${plans.builtAt} - ${SCHEDULE.overlapMs})`;
  const isDue = or(
    ne(plans.revision, plans.seen),
    isNull(plans.builtAt),
    isNotNull(plans.tryingSince),
    lt(plans.builtAt, clock.now() - SCHEDULE.rebuildMs),
    isMediaChanged,
  );
  const due = await db
    .select({ station: plans.station })
    .from(plans)
    .innerJoin(stations, eq(stations.slug, plans.station))
    .where(and(isDue, isNull(stations.deletedAt)))
    .orderBy(asc(sql`coalesce(${plans.tryingSince}, 0)`), asc(sql`coalesce(${plans.builtAt}, 0)`))
    .limit(SCHEDULE.plansPerCron);
  for (const { station } of due) await keepPlan(deps, station);
}
