import { z } from "zod";
import { RenditionName, Sha256 } from "./names.ts";

/**
 * A station's reel: emergency audio that the edge plays when no origin can be heard. Each rendition is one object of
 * pieces laid end to end; a piece is a transport stream of its own (PAT, PMT, audio), and each SEGMENT_LENGTHS is a
 * whole number of pieces, so that one reel serves stations of every segment length.
 */

/** Frames of one piece: 1.6 s. */
export const PIECE_FRAMES = 75;
/** Largest rendition of a reel: a minute at 128 kbit/s. An isolate keeps it whole. */
export const MAX_REEL_BYTES = 1 << 20;

const PACKET_BYTES = 188;

export const ReelRendition = z.object({
  /** Of the whole object, by which it is named and proven. */
  sha256: Sha256,
  /** Bytes of each piece, in order. */
  pieces: z.array(z.int().positive().multipleOf(PACKET_BYTES)).min(1).max(600),
});
export type ReelRendition = z.infer<typeof ReelRendition>;

export const ReelManifest = z.object({
  version: z.literal(1),
  /** What now.json calls it. */
  title: z.string().max(300),
  renditions: z.record(RenditionName, ReelRendition),
});
export type ReelManifest = z.infer<typeof ReelManifest>;

/**
 * Which pieces are heard under a segment number, a pure function of it, so that all edges agree; null for a segment
 * length that is no whole number of pieces.
 */
export function piecesOf(segment: number, framesPerSegment: number, length: number): number[] | null {
  const count = framesPerSegment / PIECE_FRAMES;
  if (!Number.isInteger(count)) return null;
  return Array.from({ length: count }, (_, index) => (segment * count + index) % length);
}
