import { and, eq, isNotNull, isNull } from "drizzle-orm";
import type { StationSlug } from "../../contracts/names.ts";
import { describe } from "../../kit/log.ts";
import { plans } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { type PlanDependencies, publishPlan } from "./publish-plan.ts";

/** `raced`: somebody else has written it meanwhile. */
export type Publishing = "published" | "raced" | "failed";

const MAX_REASON = 500;

/**
 * Publishes a station's plan, and keeps on record since when that has been tried in vain: alerting goes by it. The try is
 * noted before it is made, for one that is too much for the Worker ends without a word. Never rejects.
 */
export async function keepPlan(deps: PlanDependencies, station: StationSlug): Promise<Publishing> {
  try {
    await noteTry(deps, station);
    const isOurs = await publishPlan(deps, station);
    await noteSuccess(deps, station);
    return isOurs ? "published" : "raced";
  } catch (thrown) {
    const reason = describe(thrown).slice(0, MAX_REASON);
    deps.log.error("a plan was not published", { station, error: reason });
    await noteFailure(deps, station, reason).catch((lost: unknown) =>
      deps.log.error("D1 does not take down why", { station, error: describe(lost) }),
    );
    return "failed";
  }
}

async function noteTry({ db, clock }: PlanDependencies, station: StationSlug): Promise<void> {
  await db
    .update(plans)
    .set({ tryingSince: clock.now() })
    .where(and(eq(plans.station, station), isNull(plans.tryingSince)));
}

/** The first failure is an incident, those that follow are the same one. */
async function noteFailure(deps: PlanDependencies, station: StationSlug, reason: string): Promise<void> {
  const { db } = deps;
  const event = { kind: "plan-unpublished", station, message: `its plan cannot be published: ${reason}` };
  await db.batch([
    db
      .update(plans)
      .set({ failure: reason })
      .where(and(eq(plans.station, station), isNull(plans.failure))),
    insertIncidentIfChanged(db, incidentOf({ ...deps, actor: "control" }, event)),
  ]);
}

async function noteSuccess(deps: PlanDependencies, station: StationSlug): Promise<void> {
  const { db } = deps;
  const event = { kind: "plan-published", station, message: "its plan is published again" };
  await db.batch([
    db
      .update(plans)
      .set({ failure: null })
      .where(and(eq(plans.station, station), isNotNull(plans.failure))),
    insertIncidentIfChanged(db, incidentOf({ ...deps, actor: "control" }, event)),
    db.update(plans).set({ tryingSince: null }).where(eq(plans.station, station)),
  ]);
}
