import { z } from "zod";
import { RenditionName } from "./names.ts";
import { ProgrammeItem, UpcomingItem } from "./programme-item.ts";

/** Loudest level the meters tell apart from nothing, in dBFS; digital silence reads as this. */
export const SILENCE_DBFS = -120;

/** Peak and root mean square of a segment over both channels, in dBFS rounded to a tenth. */
export const Level = z.object({
  peak: z.number().min(SILENCE_DBFS).max(0),
  rms: z.number().min(SILENCE_DBFS).max(0),
});
export type Level = z.infer<typeof Level>;

/**
 * What the studio sends in-band before the first frame of each segment (invariant 2), so that every slicer of a
 * generation writes the same bytes and the same index. It opens one segment and closes the one before it, whose level
 * is known only now; a slicer publishes a segment when both its stamps have come.
 */
export const Stamp = z.object({
  rendition: RenditionName,
  framesPerSegment: z.int().positive(),
  /** The segment that begins with the next frame. */
  segment: z.int().nonnegative(),
  generation: z.int().nonnegative(),
  /** Continuity counter (ISO 13818-1, 2.4.3.3) of the segment's first audio packet. */
  counter: z.int().min(0).max(15),
  /** Level of segment - 1; null when the studio did not make that segment. */
  closes: Level.nullable(),
  /** What is on at the segment's first frame, and what is expected after it. */
  item: ProgrammeItem.nullable(),
  next: z.array(UpcomingItem).max(5),
});
export type Stamp = z.infer<typeof Stamp>;

/** Name of the FLV script data (AMF0 string) that carries a stamp, followed by its JSON as a second AMF0 string. */
export const STAMP_EVENT = "onStamp";
