import type { Track } from "./media.ts";
import type { Slot } from "./plan.ts";
import type { Source } from "./programme-item.ts";

/**
 * One track in its place. Places are samples of programme time, frame * 1024. What an item and its neighbour share is
 * a crossfade; an item that was cut short by what comes after fades to nothing at `until`.
 */
export type RundownItem = {
  /** Tells two playings of one track apart: the place where it begins. */
  from: number;
  /** The sample after its last. */
  until: number;
  /** Sample of the prepared file that is heard at `from`. */
  offset: number;
  track: Track;
  source: Extract<Source, "show" | "autopilot">;
  /** The slot it belongs to; null for what fills the gaps. */
  slot: Slot | null;
  /** Lengths of the equal-power fades at its ends, in samples. */
  fadeIn: number;
  fadeOut: number;
  /** What the samples are multiplied with to reach the station's loudness. */
  gain: number;
};
