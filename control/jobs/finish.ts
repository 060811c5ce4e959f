import { and, eq, sql } from "drizzle-orm";
import type { JobResult } from "../../contracts/jobs.ts";
import { coverKey, type Preparation, preparedKey } from "../../contracts/media.ts";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import type { JobState } from "../db/jobs.ts";
import { jobs, media } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { stemOf } from "../media/file-name.ts";
import { inR2 } from "../media/in-r2.ts";
import { readLibrary } from "../media/library.ts";
import type { MediaRow } from "../media/read-media.ts";
import { searchTextOf } from "../media/search-text.ts";
import { mediaStateAfter } from "../media/state.ts";
import { Refusal } from "../refusal.ts";
import { holdJob, isHeldBy, type JobRow, leaseLost } from "./hold.ts";
import { endTry } from "./lost-leases.ts";

/**
 * Ends a job by its holder's word; to say it again does no harm. Conflict: the lease was lost. A 422 when the preparation
 * names what is not stored, or contradicts itself.
 */
export async function finishJob(
  context: Context,
  bucket: R2Bucket,
  origin: OriginId,
  id: string,
  result: JobResult,
): Promise<void> {
  if (await wasEndedBy(context, origin, id)) return;
  const job = await holdJob(context, origin, id);
  const isEnded = await end(context, bucket, job, result);
  if (!isEnded && !(await wasEndedBy(context, origin, id))) throw leaseLost();
}

const SAID: readonly JobState[] = ["done", "rejected", "returned"];

async function wasEndedBy({ db }: Context, origin: OriginId, id: string): Promise<boolean> {
  const job = await db.query.jobs.findFirst({ where: and(eq(jobs.id, id), eq(jobs.origin, origin)) });
  return job !== undefined && SAID.includes(job.state);
}

async function end(context: Context, bucket: R2Bucket, job: JobRow, result: JobResult): Promise<boolean> {
  switch (result.outcome) {
    case "returned":
      return endTry(context, job, "returned", `${job.origin} could not: ${result.reason}`);
    case "rejected":
      return settle(context, job, { state: "rejected", reason: result.reason }, "fail", { reason: result.reason });
    case "prepared": {
      await requireStored(bucket, job, result.preparation);
      const row = await context.db.query.media.findFirst({ where: eq(media.id, job.media) });
      if (!row) throw leaseLost();
      return settle(context, job, { state: "done" }, "finish", prepared(row, result.preparation));
    }
  }
}

/** The job's end and the file's next state in one; of two who say it at once, one does. */
async function settle(
  context: Context,
  job: JobRow,
  ended: { state: JobState; reason?: string },
  step: "finish" | "fail",
  found: Partial<MediaRow>,
): Promise<boolean> {
  const { db, clock } = context;
  const { approval } = await readLibrary(context, job.station);
  const facts = { isPrepared: true, isApprovedAutomatically: approval === "automatic" };
  const state = mediaStateAfter("preparing", step, facts);
  if (state === null) throw new Error(`nothing that is being prepared can ${step}`);
  const now = clock.now();
  const isDecided = state !== "in-review";
  const set = {
    ...found,
    state,
    ...(isDecided ? { reviewedBy: "control", reviewedAt: now } : {}),
    updatedAt: now,
    revision: sql`${media.revision} + 1`,
  };
  const because = found.reason ? `: ${found.reason}` : "";
  const [row] = await db.batch([
    db
      .update(jobs)
      .set({ ...ended, share: 1, finishedAt: now })
      .where(isHeldBy(context, job.origin ?? "", job.id))
      .returning({ id: jobs.id }),
    db
      .update(media)
      .set(set)
      .where(and(eq(media.id, job.media), eq(media.state, "preparing"), sql`changes() > 0`)),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: `media-${state}`, station: job.station, message: `file ${job.media}${because}` }),
    ),
  ]);
  return row.length > 0;
}

/** What was found goes where nobody has written anything yet. */
function prepared(row: MediaRow, { metadata, peaks, ...preparation }: Preparation): Partial<MediaRow> {
  const described = {
    title: row.title || metadata.title || stemOf(row.fileName),
    artist: row.artist || metadata.artist,
    album: row.album || metadata.album,
    isrc: row.isrc || metadata.isrc,
    year: row.year ?? metadata.year,
  };
  return {
    ...described,
    searchText: searchTextOf({ ...row, ...described }),
    preparation,
    preparedSha256: preparation.prepared.sha256,
    coverSha256: preparation.cover?.sha256 ?? null,
    peaks,
    reason: null,
  };
}

async function requireStored(bucket: R2Bucket, { station }: JobRow, { prepared, cover, cue }: Preparation) {
  if (cue.out > prepared.samples) throw new Refusal(422, "cue_beyond_end", "The file ends before its last cue point.");
  await requireObject(bucket, preparedKey(station, prepared.sha256), prepared.bytes);
  if (cover !== null) await requireObject(bucket, coverKey(station, cover.sha256), cover.bytes);
}

async function requireObject(bucket: R2Bucket, key: string, bytes: number): Promise<void> {
  const object = await inR2("head", () => bucket.head(key));
  if (object?.size === bytes) return;
  throw new Refusal(422, "not_stored", "Send the prepared file and the cover before the result that names them.");
}
