import { z } from "@hono/zod-openapi";
import { JobPhase } from "../../contracts/jobs.ts";
import { MediaId, MediaKind, MediaMetadata, MediaState, Preparation } from "../../contracts/media.ts";
import { OriginId, Sha256, StationSlug } from "../../contracts/names.ts";
import { MEDIA } from "../media/policy.ts";
import type { StoredMedia } from "../media/read-media.ts";
import { StationPath } from "./station-answer.ts";

export const MediaPath = StationPath.extend({ id: MediaId });

export const MediaAnswer = z.object({
  id: MediaId,
  station: StationSlug,
  state: MediaState,
  kind: MediaKind,
  fileName: z.string(),
  contentType: z.string(),
  /** Size and hash of the original. */
  bytes: z.int(),
  sha256: Sha256,
  ...MediaMetadata.shape,
  tags: z.array(z.string()),
  /** What was found in it and made of it; null until it has been prepared. */
  preparation: Preparation.omit({ metadata: true, peaks: true }).nullable(),
  durationMs: z.int().nullable(),
  /** How far its preparation has come; null when none is under way. */
  work: z
    .object({
      state: z.enum(["waiting", "running"]),
      attempt: z.int(),
      origin: OriginId.nullable(),
      phase: JobPhase.nullable(),
      share: z.number(),
    })
    .nullable(),
  /** Other files of this station with the same content. */
  duplicates: z.array(MediaId),
  reviewedBy: z.string().nullable(),
  reviewedAt: z.int().nullable(),
  /** Why it was approved or rejected, by a reviewer or because it cannot be prepared. */
  reason: z.string().nullable(),
  isPublic: z.boolean(),
  createdBy: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  /** When it was deleted, and until when it can be restored. */
  deletedAt: z.int().nullable(),
  restorableUntil: z.int().nullable(),
});
export type MediaAnswer = z.infer<typeof MediaAnswer>;

/** One file, with its waveform. */
export const MediaDetails = MediaAnswer.extend({ peaks: Preparation.shape.peaks.nullable() });
export type MediaDetails = z.infer<typeof MediaDetails>;

const SAMPLES_PER_MS = 48;

export function mediaAnswer(row: StoredMedia): MediaAnswer {
  const samples = row.preparation?.prepared.samples;
  return MediaAnswer.parse({
    ...row,
    durationMs: samples === undefined ? null : Math.round(samples / SAMPLES_PER_MS),
    isPublic: row.distribution === "public",
    restorableUntil: row.deletedAt === null ? null : row.deletedAt + MEDIA.deletedKeptMs,
  });
}

export function mediaDetails(row: StoredMedia): MediaDetails {
  return { ...mediaAnswer(row), peaks: row.peaks };
}
