import { eq, sql } from "drizzle-orm";
import type { StationSlug } from "../../contracts/names.ts";
import { MAX_PLAN_BYTES, planKey, StationPlan } from "../../contracts/plan.ts";
import { succeed } from "../../contracts/rundown/succeed.ts";
import { frameAt } from "../../contracts/timeline.ts";
import { describe } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";
import { sha256Of } from "../auth/hash.ts";
import type { Context } from "../context.ts";
import { plans } from "../db/schema.ts";
import { type BarePlan, buildPlan } from "./build-plan.ts";
import { SCHEDULE } from "./policy.ts";
import { readFacts } from "./read-facts.ts";

export type PlanDependencies = Omit<Context, "actor"> & { bucket: Pick<R2Bucket, "get" | "head" | "put"> };

/**
 * Builds a station's plan anew and publishes it to R2 unless the same stands there already; a station that has never
 * had anything to plan has none. Versions rise as those of the routing do, and the put replaces only the object that was
 * looked at: false when somebody else has written it since. Throws when D1 or R2 does not do its part, or when the plan
 * is too large; the cron tries again.
 */
export async function publishPlan(deps: PlanDependencies, station: StationSlug): Promise<boolean> {
  const { db, clock } = deps;
  const known = await db.query.plans.findFirst({ where: eq(plans.station, station) });
  if (!known) return true;
  const builtAt = clock.now();
  const bare = buildPlan(await readFacts(deps, station), builtAt);
  const sha256 = await sha256Of(JSON.stringify(bare));
  const present = await withTimeout(SCHEDULE.bucketTimeoutMs, "R2 head", () => deps.bucket.head(planKey(station)));
  const done = { seen: known.revision, builtAt };
  if (present && sha256 === known.sha256 && present.etag === known.etag) {
    await db.update(plans).set(done).where(eq(plans.station, station));
    return true;
  }
  const version = await nextVersion(deps, station, Number(present?.customMetadata?.version ?? 0));
  const previous = present ? await readPublished(deps, station) : null;
  const text = JSON.stringify(dated(bare, version, builtAt, previous));
  if (text.length > MAX_PLAN_BYTES / 2 && new TextEncoder().encode(text).length > MAX_PLAN_BYTES) {
    throw new Error(`the plan of ${station} is larger than ${MAX_PLAN_BYTES} bytes`);
  }
  const object = await withTimeout(SCHEDULE.bucketTimeoutMs, "R2 put", () =>
    deps.bucket.put(planKey(station), text, {
      httpMetadata: { contentType: "application/json" },
      customMetadata: { version: String(version) },
      onlyIf: present ? { etagMatches: present.etag } : { etagDoesNotMatch: "*" },
    }),
  );
  if (!object) return false;
  await db
    .update(plans)
    .set({ ...done, sha256, etag: object.etag, publishedAt: builtAt })
    .where(eq(plans.station, station));
  return true;
}

/** With its date, and with what the plan before it has on air. */
function dated(bare: BarePlan, version: number, publishedAt: number, previous: StationPlan | null): StationPlan {
  const plan = StationPlan.parse({ ...bare, version, publishedAt, effectiveFrom: frameAt(publishedAt) });
  if (!previous) return plan;
  const effectiveFrom = Math.max(frameAt(publishedAt + SCHEDULE.leadMs), previous.effectiveFrom);
  return StationPlan.parse(succeed(previous, plan, effectiveFrom));
}

/** A plan that cannot be read is replaced, with what was on air by it. */
async function readPublished({ bucket, log }: PlanDependencies, station: StationSlug): Promise<StationPlan | null> {
  const text = await withTimeout(SCHEDULE.bucketTimeoutMs, "R2 get", async () =>
    (await bucket.get(planKey(station)))?.text(),
  );
  try {
    return StationPlan.parse(JSON.parse(text ?? ""));
  } catch (thrown) {
    log.error("the published plan cannot be read", { station, error: describe(thrown) });
    return null;
  }
}

async function nextVersion({ db }: PlanDependencies, station: StationSlug, found: number): Promise<number> {
  const floor = Number.isSafeInteger(found) ? found : 0;
  const [row] = await db
    .update(plans)
    .set({ version: sql`max(${plans.version}, ${floor}) + 1` })
    .where(eq(plans.station, station))
    .returning({ version: plans.version });
  if (!row) throw new Error(`D1 gave out no version for the plan of ${station}`);
  return row.version;
}
