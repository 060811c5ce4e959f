import { and, eq, inArray, isNotNull, lt, ne, notInArray, or } from "drizzle-orm";
import type { Context } from "../context.ts";
import { jobs, parts } from "../db/schema.ts";
import { clearObjects } from "../media/clear-objects.ts";
import { inR2 } from "../media/in-r2.ts";
import { abortMultipart } from "../media/multipart.ts";
import type { JobRow } from "./hold.ts";
import { JOBS } from "./policy.ts";
import { draftKey } from "./prepared.ts";

type Deps = Pick<Context, "db" | "clock">;

const isOver = notInArray(jobs.state, ["waiting", "running"]);

/** Removes from R2 what is left of jobs that came to nothing. */
export async function clearDrafts(deps: Deps, bucket: R2Bucket): Promise<void> {
  const isLeft = or(isNotNull(jobs.multipart), isNotNull(jobs.preparedSha256));
  const rows = await deps.db
    .select()
    .from(jobs)
    .where(and(isOver, ne(jobs.state, "done"), isLeft))
    .limit(JOBS.perSweep);
  for (const job of rows) await clearDraft(deps, bucket, job);
}

async function clearDraft({ db }: Deps, bucket: R2Bucket, job: JobRow): Promise<void> {
  const { id, station, multipart, preparedSha256 } = job;
  if (!(await clearObjects({ db }, bucket, { id, station, preparedSha256, coverSha256: null }))) return;
  const key = draftKey(job);
  if (multipart !== null) await abortMultipart(bucket, { key, name: multipart });
  await inR2("delete", () => bucket.delete(key));
  await db.batch([
    db.delete(parts).where(eq(parts.owner, id)),
    db.update(jobs).set({ multipart: null, preparedSha256: null }).where(eq(jobs.id, id)),
  ]);
}

/** Forgets the jobs that are over for longer than they are kept. */
export async function clearJobs({ db, clock }: Deps): Promise<void> {
  const old = db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(isOver, lt(jobs.finishedAt, clock.now() - JOBS.keptMs)))
    .limit(JOBS.perPruning);
  await db.delete(jobs).where(inArray(jobs.id, old));
}
