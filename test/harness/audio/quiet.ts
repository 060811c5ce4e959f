import { levels } from "./level.ts";
import type { Sound } from "./sound.ts";

export type QuietWindow = { at: number; level: number };

const WINDOW_MS = 20;

/**
 * The windows of 20 ms that are quieter than both of two sources: by more than `margin` dB below the lower of their
 * levels (dBFS, each measured alone). Where one is faded into the other there must be none. `at` is in seconds.
 */
export function quieterThanBoth(sound: Sound, sources: readonly [number, number], margin = 2): QuietWindow[] {
  const least = Math.min(...sources) - margin;
  return levels(sound, WINDOW_MS)
    .map((level, window) => ({ at: (window * WINDOW_MS) / 1000, level }))
    .filter(({ level }) => level < least);
}
