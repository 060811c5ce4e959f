import { and, eq, gt } from "drizzle-orm";
import type { JobId } from "../../contracts/jobs.ts";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { jobs } from "../db/schema.ts";
import { conflict } from "../refusal.ts";
import { JOBS } from "./policy.ts";

export type JobRow = typeof jobs.$inferSelect;

export const leaseLost = () => conflict("lease_lost", "This job is not yours any more: forget it.");

/**
 * Makes sure that a job is this origin's, and lets it be so for another lease: each word of its holder renews it. What is
 * given is written with it. Throws a conflict where the lease has run out, also when nobody else has the job yet.
 */
export async function holdJob(
  { db, clock }: Context,
  origin: OriginId,
  id: JobId,
  change: Partial<Pick<JobRow, "phase" | "share" | "multipart" | "preparedSha256">> = {},
): Promise<JobRow> {
  const [held] = await db
    .update(jobs)
    .set({ ...change, heldUntil: clock.now() + JOBS.leaseMs })
    .where(isHeldBy({ clock }, origin, id))
    .returning();
  if (!held) throw leaseLost();
  return held;
}

/** The condition under which an origin may write to a job. */
export function isHeldBy({ clock }: Pick<Context, "clock">, origin: OriginId, id: JobId) {
  return and(eq(jobs.id, id), eq(jobs.origin, origin), eq(jobs.state, "running"), gt(jobs.heldUntil, clock.now()));
}
