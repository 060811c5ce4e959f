import { and, asc, eq, lte, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../context.ts";
import type { JobState } from "../db/jobs.ts";
import { jobs, media } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import type { JobRow } from "./hold.ts";
import { JOBS } from "./policy.ts";
import { queueJobIfChanged } from "./queue.ts";

type Deps = Pick<Context, "db" | "clock">;

/** Ends the jobs of origins that have said nothing for a lease: somebody else tries, unless enough have. */
export async function endLostLeases(deps: Deps): Promise<void> {
  const rows = await deps.db
    .select()
    .from(jobs)
    .where(and(eq(jobs.state, "running"), lte(jobs.heldUntil, deps.clock.now())))
    .orderBy(asc(jobs.heldUntil))
    .limit(JOBS.perSweep);
  for (const job of rows) {
    const said = job.phase === null ? "it said nothing" : `it was ${job.phase}, at ${Math.round(job.share * 100)} %`;
    await endTry(deps, job, "lost", `nothing more was heard of ${job.origin}: ${said}`);
  }
}

/**
 * Ends a try that came to nothing, if it is still what it was, and begins the next; after the last one the file is
 * rejected with what is known. Answers whether it was this call that ended it.
 */
export async function endTry(
  deps: Deps,
  job: JobRow,
  state: Extract<JobState, "lost" | "returned">,
  reason: string,
): Promise<boolean> {
  const { db, clock } = deps;
  const now = clock.now();
  const [ended] = await db.batch([
    db
      .update(jobs)
      .set({ state, reason, finishedAt: now })
      .where(
        and(
          eq(jobs.id, job.id),
          eq(jobs.state, "running"),
          state === "lost" ? lte(jobs.heldUntil, now) : sql`${jobs.heldUntil} > ${now}`,
        ),
      )
      .returning({ id: jobs.id }),
    ...whatFollows(deps, job, reason),
  ]);
  return ended.length > 0;
}

/** For a batch, each if the write before it changed something. */
function whatFollows(deps: Deps, job: JobRow, reason: string): BatchItem<"sqlite">[] {
  const { db, clock } = deps;
  const isLast = job.attempt >= JOBS.attempts;
  const now = clock.now();
  const message = `file ${job.media}: ${reason}; try ${job.attempt} of ${JOBS.attempts}`;
  const update = db
    .update(media)
    .set({
      updatedAt: now,
      revision: sql`${media.revision} + 1`,
      ...(isLast
        ? { state: "rejected" as const, reason: message, reviewedAt: now, reviewedBy: "control" }
        : { state: "uploaded" as const }),
    })
    .where(and(eq(media.id, job.media), eq(media.state, "preparing"), sql`changes() > 0`));
  const incident = incidentOf(
    { clock, actor: "control" },
    { kind: isLast ? "media-rejected" : "job-lost", station: job.station, message },
  );
  const tell = insertIncidentIfChanged(db, incident);
  return isLast ? [update, tell] : [update, tell, queueJobIfChanged(deps, { ...job, attempt: job.attempt + 1 })];
}
