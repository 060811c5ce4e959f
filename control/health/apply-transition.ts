import { and, eq, type SQL, sql } from "drizzle-orm";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { origins } from "../db/schema.ts";
import type { Origin } from "../registry/registry.ts";
import { changesOf, leavesWork } from "./changes.ts";
import { insertStepsIfChanged, stepsFor } from "./eviction-steps.ts";
import type { HealthPolicy } from "./health-policy.ts";
import { incidentOf, insertIncidentIfChanged } from "./incident.ts";
import type { Transition } from "./machine.ts";
import { POWERS, statesThat } from "./states.ts";
import { eventsOf } from "./story.ts";

/**
 * Writes a transition, its incidents and what there is to do about it in one transaction, on condition that the origin still is what was judged, so
 * of two sweeps, or a sweep and an admin, one wins. What may have changed since it was judged is asked again in the
 * same breath: whether others with audio are left in each station (`covers`), and whether too many were evicted
 * lately. False when the condition did not hold.
 */
export async function applyTransition(
  context: Context,
  origin: Origin,
  transition: Transition,
  covers: readonly OriginId[][],
  policy: HealthPolicy,
): Promise<boolean> {
  const { db, clock } = context;
  const now = clock.now();
  const isEviction = leavesWork(origin.state, transition.to);
  const conditions = [
    eq(origins.id, origin.id),
    eq(origins.state, origin.state),
    eq(origins.stateSince, origin.stateSince),
    ...(isEviction ? [isCovered(covers)] : []),
    ...(isEviction && POWERS[origin.state].routed === "by-weight" ? [isWithinShare(policy, now)] : []),
  ];
  const events = eventsOf(origin.state, transition).map((event) =>
    insertIncidentIfChanged(db, incidentOf(context, { ...event, origin: origin.id })),
  );
  const [changed] = await db.batch([
    db
      .update(origins)
      .set(changesOf(origin, transition, policy, now))
      .where(and(...conditions))
      .returning({ id: origins.id }),
    ...events,
    insertStepsIfChanged(db, origin.id, now, stepsFor(origin.state, transition.to, false)),
  ]);
  return changed.length > 0;
}

/** In each station somebody with audio still serves. */
export function isCovered(covers: readonly OriginId[][]): SQL {
  const serving = JSON.stringify(statesThat(({ serves }) => serves));
  return sql`not exists (
    select 1 from json_each(${JSON.stringify(covers)}) as cover where not exists (
      select 1 from ${origins} as other where other.id in (select value from json_each(cover.value))
        and other.state in (select value from json_each(${serving}))
    )
  )`;
}

/** One eviction more does not exceed the policy's share within its window; one is always allowed. */
function isWithinShare(policy: HealthPolicy, now: number): SQL {
  const atWork = JSON.stringify(statesThat((powers) => powers.atWork));
  const lately = sql`coalesce(other.evicted_at, 0) > ${now - policy.evictWindowMs}`;
  return sql`(select count(*) + 1 from ${origins} as other where ${lately}) <= (
    select max(1, cast(${policy.evictShare} * count(*) as integer)) from ${origins} as other
    where ${lately} or other.state in (select value from json_each(${atWork}))
  )`;
}
