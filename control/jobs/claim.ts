import { and, asc, eq, sql } from "drizzle-orm";
import type { Job } from "../../contracts/jobs.ts";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { jobs, media } from "../db/schema.ts";
import { endLostLeases } from "./lost-leases.ts";
import { JOBS } from "./policy.ts";

/** Tries at getting a job before others do; who loses as often asks again later. */
const RACES = 5;

/** Gives an origin the job that has waited longest; null when there is none. Of two who ask, one gets it. */
export async function claimJob(context: Context, origin: OriginId): Promise<Job | null> {
  await endLostLeases(context);
  for (let race = 0; race < RACES; race += 1) {
    const next = await context.db.query.jobs.findFirst({
      where: eq(jobs.state, "waiting"),
      orderBy: [asc(jobs.createdAt), asc(jobs.id)],
      columns: { id: true, media: true },
    });
    if (!next) return null;
    const job = await take(context, origin, next);
    if (job) return job;
  }
  return null;
}

async function take(
  { db, clock }: Context,
  origin: OriginId,
  next: { id: string; media: string },
): Promise<Job | null> {
  const now = clock.now();
  const [taken, , files] = await db.batch([
    db
      .update(jobs)
      .set({ state: "running", origin, startedAt: now, heldUntil: now + JOBS.leaseMs })
      .where(and(eq(jobs.id, next.id), eq(jobs.state, "waiting")))
      .returning({ id: jobs.id }),
    db
      .update(media)
      .set({ state: "preparing", updatedAt: now, revision: sql`${media.revision} + 1` })
      .where(and(eq(media.id, next.media), eq(media.state, "uploaded"), sql`changes() > 0`)),
    db.select().from(media).where(eq(media.id, next.media)),
  ]);
  const [file] = files;
  if (taken.length === 0 || !file) return null;
  const { bytes, contentType, fileName } = file;
  return {
    id: next.id,
    station: file.station,
    media: file.id,
    kind: "prepare",
    lease: JOBS.leaseMs,
    original: { bytes, contentType, fileName },
  };
}
