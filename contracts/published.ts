import { z } from "zod";
import { RenditionName } from "./names.ts";

/**
 * `GET /origin/v1/{station}/published`: the newest segment that listeners have, from an origin or, when none was to be
 * heard, from the reel. From there a studio that starts goes on: with the next number, the next counters and a generation that is not lower.
 */
export const Published = z.object({
  segment: z.int().nonnegative(),
  generation: z.int().nonnegative(),
  /** Continuity counter of the first audio packet of the segment to come, for each rendition that was published. */
  counters: z.partialRecord(RenditionName, z.int().min(0).max(15)),
});
export type Published = z.infer<typeof Published>;

/** The answer's body: null when nothing was published yet. */
export const PublishedAnswer = z.object({ published: Published.nullable() });
export type PublishedAnswer = z.infer<typeof PublishedAnswer>;
