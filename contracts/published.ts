import { z } from "zod";
import { OriginId, RenditionName } from "./names.ts";

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

/** Whom the routing names as the studio, and since which generation: for origins that cannot hear control. */
export const NamedStudio = z.object({
  origin: OriginId,
  url: z.url({ protocol: /^https?$/ }),
  generation: z.int().nonnegative(),
});
export type NamedStudio = z.infer<typeof NamedStudio>;

/** The answer's body: `published` is null when nothing was yet, `studio` when there is none; absent: it is not told. */
export const PublishedAnswer = z.object({ published: Published.nullable(), studio: NamedStudio.nullable().optional() });
export type PublishedAnswer = z.infer<typeof PublishedAnswer>;
