import { and, eq, inArray, sql } from "drizzle-orm";
import type { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { jobs } from "../db/schema.ts";
import { queueJobIfChanged } from "../jobs/queue.ts";
import { notFound, Refusal } from "../refusal.ts";
import { writeChange } from "./change-media.ts";
import { align, withdraw } from "./distribution.ts";
import { MEDIA } from "./policy.ts";
import { findMedia } from "./read-media.ts";
import { whereMediaIsUsed } from "./uses.ts";

/**
 * Takes a file out of the library. It stays in R2 for as long as it can be restored, so that whoever plays it now
 * plays it to its end. Conflict: playlists or the schedule name it (`details.uses`), and it is not forced.
 */
export async function deleteMedia(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
  { force }: { force: boolean },
): Promise<void> {
  const { db, clock } = context;
  const row = await findMedia(context, station, id);
  const uses = force ? [] : await whereMediaIsUsed(context, station, id);
  if (uses.length > 0) throw new Refusal(409, "media_in_use", "Playlists or the schedule name this file.", { uses });
  await withdraw(bucket, row);
  const now = clock.now();
  const incident = { kind: "media-deleted", message: `file ${id}, "${row.title || row.fileName}"` };
  await writeChange(context, row, { deletedAt: now }, incident, [
    db
      .update(jobs)
      .set({ state: "cancelled", finishedAt: now })
      .where(and(eq(jobs.media, id), inArray(jobs.state, ["waiting", "running"]), sql`changes() > 0`)),
  ]);
}

/** Puts a file back that was deleted; what had not been prepared begins anew. */
export async function restoreMedia(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
): Promise<void> {
  const row = await findMedia(context, station, id, { deleted: true });
  if ((row.deletedAt ?? 0) < context.clock.now() - MEDIA.deletedKeptMs) throw notFound(`file ${id} any more`);
  const isUnprepared = row.state === "uploaded" || row.state === "preparing";
  const change = { deletedAt: null, ...(isUnprepared ? { state: "uploaded" as const } : {}) };
  await writeChange(
    context,
    row,
    change,
    { kind: "media-restored", message: `file ${id}, "${row.title || row.fileName}"` },
    isUnprepared ? [queueJobIfChanged(context, { media: id, station, attempt: 1 })] : [],
  );
  await align(bucket, await findMedia(context, station, id));
}
