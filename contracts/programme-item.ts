import { z } from "zod";
import { MediaId } from "./media.ts";
import { Sha256 } from "./names.ts";
import { Source } from "./source.ts";

export { SOURCES, Source } from "./source.ts";

/** One thing that was heard: a track, a live broadcast. It lasts until the next item's first frame. */
export const ProgrammeItem = z.object({
  /** First frame in which the item is heard. */
  frame: z.int().nonnegative(),
  source: Source,
  title: z.string().max(300),
  artist: z.string().max(300),
  /** Who is live. */
  host: z.string().max(300).optional(),
  /** Hash of the cover, where there is one. */
  cover: Sha256.optional(),
  /** The file of the library, where it is one. */
  media: MediaId.optional(),
  /** Frames the item is expected to last; null where nobody knows (live). */
  frames: z.int().positive().nullable(),
});
export type ProgrammeItem = z.infer<typeof ProgrammeItem>;

/** What is expected to come. */
export const UpcomingItem = ProgrammeItem.extend({
  /** The frame it is planned to begin with; absent where nobody knows. */
  frame: ProgrammeItem.shape.frame.optional(),
});
export type UpcomingItem = z.infer<typeof UpcomingItem>;
