import { and, eq, isNotNull, isNull, lt } from "drizzle-orm";
import type { StationSlug } from "../../contracts/names.ts";
import { stationPrefixes } from "../../contracts/storage.ts";
import { describe } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Context } from "../context.ts";
import { stations } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { POLICY } from "../health/policy.ts";

type Dependencies = Pick<Context, "db" | "clock" | "log"> & {
  buckets: readonly Pick<R2Bucket, "list" | "delete">[];
};

/** Objects in one batch, as many as R2 lists and deletes in one call, and batches in one run. */
const BATCH = 1000;
const BATCHES = 10;
/** An edge that has not heard of the deletion yet takes uploads in for no longer than this. */
const LAST_UPLOADS_MS = 5 * 60_000;

/**
 * Deletes what deleted stations left in R2, their reels and all that was live, some batches at a time: the next run
 * goes on, also with what failed. A station whose name has been given anew is left alone.
 */
export async function clearDeletedStations(deps: Dependencies): Promise<void> {
  const { db, log } = deps;
  const left = await db.select().from(stations).where(isLeft);
  let batches = BATCHES;
  for (const { slug, deletedAt } of left) {
    try {
      batches -= await clear(deps, slug, deletedAt ?? 0, batches);
    } catch (thrown) {
      log.warn("a deleted station could not be cleared; later", { station: slug, error: describe(thrown) });
    }
    if (batches <= 0) return;
  }
}

const isLeft = and(isNotNull(stations.deletedAt), isNull(stations.clearedAt));

/** Answers how many batches it took. */
async function clear(deps: Dependencies, slug: StationSlug, deletedAt: number, limit: number): Promise<number> {
  const { db, clock, buckets } = deps;
  let batches = 0;
  const places = buckets.flatMap((bucket) => stationPrefixes(slug).map((prefix) => ({ bucket, prefix })));
  for (const { bucket, prefix } of places) {
    for (;;) {
      const { objects } = await inR2("list", () => bucket.list({ prefix, limit: BATCH }));
      if (objects.length === 0) break;
      if (batches === limit || !(await isStillDeleted(deps, slug, deletedAt))) return batches;
      await inR2("delete", () => bucket.delete(objects.map(({ key }) => key)));
      batches += 1;
    }
  }
  const isOver = lt(stations.deletedAt, clock.now() - LAST_UPLOADS_MS);
  const told = { kind: "station-cleared", station: slug, message: "nothing of the station is left in R2" };
  await db.batch([
    db
      .update(stations)
      .set({ clearedAt: clock.now() })
      .where(and(eq(stations.slug, slug), isLeft, isOver)),
    insertIncidentIfChanged(db, incidentOf({ clock, actor: "control" }, told)),
  ]);
  return batches;
}

async function isStillDeleted({ db }: Dependencies, slug: StationSlug, deletedAt: number): Promise<boolean> {
  const row = await db.query.stations.findFirst({ where: and(eq(stations.slug, slug), isLeft) });
  return row?.deletedAt === deletedAt;
}

function inR2<T>(verb: string, work: () => Promise<T>): Promise<T> {
  return withTimeout(POLICY.bucketTimeoutMs, `R2 ${verb}`, work);
}
