import { z } from "zod";
import { OriginId, RenditionName, Sha256, StationSlug } from "./names.ts";
import { ProgrammeItem, UpcomingItem } from "./programme-item.ts";
import { Level } from "./stamp.ts";

/** How many of its newest segments an origin lists in its index and keeps in memory: 77 s at the default length. */
export const INDEX_SEGMENTS = 24;
/** How many programme items an index remembers; fewer where their titles would make it too large. */
export const INDEX_ITEMS = 100;

export const RenditionCopy = z.object({
  sha256: Sha256,
  bytes: z.int().positive(),
  /** Continuity counter of the first audio packet. */
  counter: z.int().min(0).max(15),
});
export type RenditionCopy = z.infer<typeof RenditionCopy>;

export const IndexedSegment = z.object({
  number: z.int().nonnegative(),
  generation: z.int().nonnegative(),
  level: Level,
  renditions: z.partialRecord(RenditionName, RenditionCopy),
});
export type IndexedSegment = z.infer<typeof IndexedSegment>;

/**
 * What one origin holds of one station, stored beside its segments. Written after the segments it names
 * (invariant 6), so whatever stands here can be fetched.
 */
export const StationIndex = z.object({
  version: z.literal(1),
  station: StationSlug,
  origin: OriginId,
  framesPerSegment: z.int().positive(),
  /** Unix ms by the origin's clock. */
  updatedAt: z.int().nonnegative(),
  /** Ascending by number, each number once. */
  segments: z.array(IndexedSegment).max(INDEX_SEGMENTS),
  /** Ascending by frame: what was heard, the last one is on now. */
  items: z.array(ProgrammeItem).max(INDEX_ITEMS),
  next: z.array(UpcomingItem).max(5),
});
export type StationIndex = z.infer<typeof StationIndex>;

/** How many audio packets of 188 bytes a segment of `bytes` holds: all but the PAT and the PMT it begins with. */
export function audioPackets(bytes: number): number {
  return bytes / 188 - 2;
}

/** Continuity counter with which the segment after this one goes on. */
export function counterAfter(copy: Pick<RenditionCopy, "bytes" | "counter">): number {
  return (copy.counter + audioPackets(copy.bytes)) % 16;
}
