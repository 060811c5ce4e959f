import { z } from "zod";
import { MAX_MEDIA_BYTES, MediaId, Preparation } from "./media.ts";
import { Sha256, StationSlug } from "./names.ts";

/**
 * How an origin with capacity to spare prepares a file, all with its own token (`/api/v1`):
 *
 *     POST /origins/{id}/jobs/claim    200 Job, or 204 when there is nothing to do
 *     POST /jobs/{id}/progress         JobProgress; 200 JobLease: renews the lease
 *     GET  /jobs/{id}/original         the file as it was uploaded; Range allowed (RFC 9110, 14)
 *     PUT  /jobs/{id}/prepared?part=N  a part of the prepared file, from 1 on; 204; the same part may be sent again
 *     POST /jobs/{id}/prepared         NewPreparedFile: the parts are one file now; 204, 409 `parts_missing`,
 *                                      422 `digest_wrong` when size or hash is another
 *     PUT  /jobs/{id}/cover            the cover, image/jpeg, with Content-Digest (RFC 9530); 204
 *     POST /jobs/{id}/result           JobResult; 204; may be sent again when the answer was lost
 *
 * Where parts are missing, the prepared file is answered 409 `parts_missing`, and 422 `digest_wrong` where they are another
 * file: then all are to be sent again. All of a job answer 409 `lease_lost` when the lease has run out or the file was deleted: whoever hears it forgets the
 * job. A job is one try: its id is given to nobody else, and another try of the same file has another.
 */

export const JobId = z.uuid();
export type JobId = z.infer<typeof JobId>;

export const Job = z.object({
  id: JobId,
  station: StationSlug,
  media: MediaId,
  kind: z.literal("prepare"),
  /** How long it is this origin's, in ms, unless the lease is renewed. */
  lease: z.int().positive(),
  original: z.object({
    bytes: z.int().positive().max(MAX_MEDIA_BYTES),
    /** What the uploader said: not to be trusted. */
    contentType: z.string().max(200),
    /** For people to read; never a path. */
    fileName: z.string().max(300),
  }),
});
export type Job = z.infer<typeof Job>;

export const JobPhase = z.enum(["downloading", "probing", "analysing", "encoding", "uploading"]);
export type JobPhase = z.infer<typeof JobPhase>;

/** `share`: how much of this phase is done. To be told well within the lease, a third of it at most. */
export const JobProgress = z.object({ phase: JobPhase, share: z.number().min(0).max(1) });
export type JobProgress = z.infer<typeof JobProgress>;

/** From now on, in ms. */
export const JobLease = z.object({ lease: z.int().positive() });
export type JobLease = z.infer<typeof JobLease>;

/** Every part has this length but the last, which has what remains: R2 wants equal parts. */
export const PREPARED_PART_BYTES = 16 << 20;
/** About three hours that do not compress at all. */
export const MAX_PREPARED_BYTES = 2 ** 31;
export const MAX_PREPARED_PARTS = MAX_PREPARED_BYTES / PREPARED_PART_BYTES;
export const MAX_COVER_BYTES = 1 << 20;

/** Also answered with 204 when a file of this content is there already: then no part need be sent. */
export const NewPreparedFile = z.object({ sha256: Sha256, bytes: z.int().positive().max(MAX_PREPARED_BYTES) });
export type NewPreparedFile = z.infer<typeof NewPreparedFile>;

/** `rejected`: nobody can prepare this file. `returned`: this origin cannot now; it counts as a try, and another follows. */
export const JobResult = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("prepared"), preparation: Preparation }),
  z.object({ outcome: z.literal("rejected"), reason: z.string().min(1).max(500) }),
  z.object({ outcome: z.literal("returned"), reason: z.string().min(1).max(500) }),
]);
export type JobResult = z.infer<typeof JobResult>;
