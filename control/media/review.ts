import { z } from "zod";
import type { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { queueJobIfChanged } from "../jobs/queue.ts";
import { conflict } from "../refusal.ts";
import { writeChange } from "./change-media.ts";
import { align, withdraw } from "./distribution.ts";
import { findMedia, type MediaRow } from "./read-media.ts";
import { type MediaStep, mediaStateAfter } from "./state.ts";

const Reason = z.string().trim().max(500);

/** Why; it may be left out. */
export const Approval = z.strictObject({ reason: Reason.default("") });
/** Why; whoever uploaded it will ask. */
export const Rejection = z.strictObject({ reason: Reason.min(1) });

/** A reviewer lets a file go on air. Conflict: it has not been prepared, or needs no review. */
export async function approveMedia(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
  input: z.input<typeof Approval>,
): Promise<void> {
  const { reason } = Approval.parse(input);
  const row = await findMedia(context, station, id);
  await writeReview(context, row, "approve", reason);
  await align(bucket, await findMedia(context, station, id));
}

/** A reviewer keeps a file off the air, also one that was approved before. */
export async function rejectMedia(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
  input: z.input<typeof Rejection>,
): Promise<void> {
  const { reason } = Rejection.parse(input);
  const row = await findMedia(context, station, id);
  requireStep(row, "reject");
  await withdraw(bucket, row);
  await writeReview(context, row, "reject", reason);
}

/** Has a file that could not be prepared tried anew. */
export async function retryMedia(context: Context, station: StationSlug, id: MediaId): Promise<void> {
  const row = await findMedia(context, station, id);
  const state = requireStep(row, "retry");
  const incident = { kind: "media-retried", message: `file ${id} is to be prepared once more` };
  await writeChange(context, row, { state, reason: null }, incident, [
    queueJobIfChanged(context, { media: id, station, attempt: 1 }),
  ]);
}

async function writeReview(context: Context, row: MediaRow, step: "approve" | "reject", reason: string): Promise<void> {
  const state = requireStep(row, step);
  const review = { state, reviewedBy: context.actor, reviewedAt: context.clock.now(), reason };
  const because = reason === "" ? "" : `: ${reason}`;
  await writeChange(context, row, review, { kind: `media-${state}`, message: `file ${row.id}${because}` });
}

function requireStep(row: MediaRow, step: MediaStep) {
  const facts = { isPrepared: row.preparation !== null, isApprovedAutomatically: false };
  const state = mediaStateAfter(row.state, step, facts);
  if (state === null) throw conflict("wrong_state", `The file is ${row.state}: that cannot be done now.`);
  return state;
}
