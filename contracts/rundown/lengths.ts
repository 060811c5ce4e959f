import type { Track } from "../media.ts";
import type { RotationRules } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import { SAMPLE_RATE } from "../timeline.ts";

/** How long things last, in samples. */
export const SECOND = SAMPLE_RATE;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** What is shorter than this is not played: a rundown of clicks helps nobody. */
export const SHORTEST_TRACK = SECOND;
/** Silence that may be left where too little time for anything remains. */
export const LONGEST_GAP = SECOND / 4;
/** The fade of what is cut short. */
export const CUT_FADE = 2 * SECOND;
/** A jingle and its neighbour share at most this much, whatever their cue points say. */
export const JINGLE_FADE = SECOND / 2;
/** A soft start waits at most so long for the track before it. */
export const SOFT_WAIT = 15 * MINUTE;

export function lengthOf(track: Track): number {
  return track.cue.out - track.cue.in;
}

export function crossfadeOf(rules: RotationRules): number {
  return Math.round((rules.crossfadeMs * SAMPLE_RATE) / 1000);
}

/** How much of `item` is heard together with the track after it. Shows are heard in full, alone. */
export function overlapOf(
  item: RundownItem,
  next: Track,
  nextSource: RundownItem["source"],
  crossfade: number,
): number {
  if (item.source === "show" || nextSource === "show") return 0;
  const isJingle = item.track.kind === "jingle" || next.kind === "jingle";
  const own = isJingle ? JINGLE_FADE : item.track.cue.out - item.track.cue.next;
  return Math.floor(Math.min(crossfade, own, (item.until - item.from) / 2, lengthOf(next) / 2));
}
