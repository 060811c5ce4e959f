import { z } from "zod";
import { Sha256, type StationSlug } from "./names.ts";

/** What a file of a station's library is, from its upload to its place in the rundown. */

export const MediaId = z.uuid();
export type MediaId = z.infer<typeof MediaId>;

/** Only approved media go on air. A file that was rejected is kept for inspection. */
export const MediaState = z.enum(["uploaded", "preparing", "in-review", "approved", "rejected"]);
export type MediaState = z.infer<typeof MediaState>;

/** What the rotation treats it as; a jingle is faded by fixed times, whatever its cue points say. */
export const MediaKind = z.enum(["music", "jingle", "speech"]);
export type MediaKind = z.infer<typeof MediaKind>;

/** Largest file that is taken in. */
export const MAX_MEDIA_BYTES = 500 * 1024 * 1024;

const Text = z.string().max(300);

/** What people are told of a file: from its tags, or from whoever edited them. */
export const MediaMetadata = z.object({
  title: Text,
  artist: Text,
  album: Text.default(""),
  /** ISO 3901. */
  isrc: z
    .string()
    .regex(/^(?:[A-Z]{2}[A-Z0-9]{3}\d{7})?$/)
    .default(""),
  year: z.int().min(1000).max(9999).nullable().default(null),
});
export type MediaMetadata = z.infer<typeof MediaMetadata>;

/** By EBU R 128 (ITU-R BS.1770), over the whole file. */
export const Loudness = z.object({
  /** LUFS; -70 for silence. */
  integrated: z.number().min(-70).max(10),
  /** dBTP. */
  truePeak: z.number().min(-100).max(20),
});
export type Loudness = z.infer<typeof Loudness>;

/**
 * What plays of a prepared file, in samples of 48 kHz since its beginning: from `in` to `out`, what is silent before and
 * after being left out; from `next` on the following track may begin.
 */
export const CuePoints = z
  .object({ in: z.int().nonnegative(), next: z.int().nonnegative(), out: z.int().positive() })
  .refine((cue) => cue.in < cue.next && cue.next <= cue.out, "in < next <= out");
export type CuePoints = z.infer<typeof CuePoints>;

/** A file made ready for the air: FLAC, 48 kHz, stereo, 16 bit, so that each sample can be found; named by its hash. */
export const PreparedFile = z.object({
  sha256: Sha256,
  bytes: z.int().positive(),
  /** Length in samples of 48 kHz. */
  samples: z.int().positive(),
});
export type PreparedFile = z.infer<typeof PreparedFile>;

/** What a preparation job has found in a file and made of it. */
export const Preparation = z.object({
  prepared: PreparedFile,
  loudness: Loudness,
  cue: CuePoints,
  metadata: MediaMetadata,
  /** The cover in the file, as JPEG of at most 600 x 600; null where there is none. */
  cover: z.object({ sha256: Sha256, bytes: z.int().positive() }).nullable(),
  /** Highest sample of each of 1000 equal parts, 0 to 255. */
  peaks: z.array(z.int().min(0).max(255)).length(1000),
});
export type Preparation = z.infer<typeof Preparation>;

/** A file of the library as the rundown knows it. */
export const Track = z.object({
  media: MediaId,
  kind: MediaKind,
  title: Text,
  artist: Text,
  prepared: PreparedFile,
  cue: CuePoints,
  loudness: Loudness,
  cover: Sha256.nullable().default(null),
});
export type Track = z.infer<typeof Track>;

export function originalKey(station: StationSlug, media: MediaId): string {
  return `media/${station}/${media}/original`;
}

/** Prepared files and covers are named by their content, so that a cache of them never goes stale. */
export function preparedKey(station: StationSlug, sha256: Sha256): string {
  return `media/${station}/prepared/${sha256}.flac`;
}

export function coverKey(station: StationSlug, sha256: Sha256): string {
  return `media/${station}/covers/${sha256}.jpg`;
}
