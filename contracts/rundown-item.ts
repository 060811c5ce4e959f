import { z } from "zod";
import { Track } from "./media.ts";
import { Slot } from "./slot.ts";

const Sample = z.int().nonnegative();

/**
 * One track in its place. Places are samples of programme time, frame * 1024. What an item and its neighbour share is
 * a crossfade; an item that was cut short by what comes after fades to nothing at `until`.
 */
export const RundownItem = z.object({
  /** Tells two playings of one track apart: the place where it begins. */
  from: Sample,
  /** The sample after its last. */
  until: Sample,
  /** Sample of the prepared file that is heard at `from`. */
  offset: Sample,
  track: Track,
  source: z.enum(["show", "autopilot"]),
  /** The slot it belongs to; null for what fills the gaps. */
  slot: Slot.nullable(),
  /** Lengths of the equal-power fades at its ends, in samples. */
  fadeIn: Sample,
  fadeOut: Sample,
  /** What the samples are multiplied with to reach the station's loudness. */
  gain: z.number().nonnegative(),
});
export type RundownItem = z.infer<typeof RundownItem>;
