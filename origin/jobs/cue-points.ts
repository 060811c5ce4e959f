import type { CuePoints } from "../../contracts/media.ts";
import { SAMPLE_RATE } from "../../contracts/timeline.ts";
import { BLOCK_SAMPLES } from "./level-curve.ts";

/** So far below a file's loudness, what plays is not heard between two tracks, in dB. */
const SILENT_DB = 40;
/** Below this it is silence however quiet the file is, in dBFS. */
const SILENT_DBFS = -75;
/** So far below its loudness, an ending makes room for what comes next, in dB. */
const ENDING_DB = 10;
/** The ending is judged by the mean over so long: a gap between two beats is no ending. */
const MEAN_BLOCKS = 50;
/** No ending is longer, nor longer than half of what plays. */
const LONGEST_ENDING = 15 * SAMPLE_RATE;

/**
 * Finds what plays of a file by its level curve: mean squares (1 = full scale) of blocks of 10 ms, and its integrated
 * loudness in LUFS. Null when nothing in it can be heard.
 */
export function cuePointsOf(curve: ArrayLike<number>, samples: number, integrated: number): CuePoints | null {
  const silent = power(Math.max(integrated - SILENT_DB, SILENT_DBFS));
  let first = 0;
  while (first < curve.length && at(curve, first) < silent) first += 1;
  if (first === curve.length) return null;
  let last = curve.length - 1;
  while (at(curve, last) < silent) last -= 1;

  // A block more on either side, since an attack or an echo may begin within one.
  const cueIn = Math.max(0, first - 1) * BLOCK_SAMPLES;
  const out = Math.min(samples, (last + 2) * BLOCK_SAMPLES);
  const longest = Math.min(LONGEST_ENDING, Math.floor((out - cueIn) / 2));
  const ending = endingBegins(curve, first, last, power(integrated - ENDING_DB)) * BLOCK_SAMPLES;
  return { in: cueIn, next: Math.min(out, Math.max(ending, out - longest)), out };
}

/** The block after the last loud one, where around it the mean is loud as well: a lone beat in a fade is not. */
function endingBegins(curve: ArrayLike<number>, first: number, last: number, loud: number): number {
  let sum = 0;
  for (let block = last; block >= first; block--) {
    sum += at(curve, block) - (block + MEAN_BLOCKS <= last ? at(curve, block + MEAN_BLOCKS) : 0);
    if (sum < loud * MEAN_BLOCKS) continue;
    let end = Math.min(last, block + MEAN_BLOCKS - 1);
    while (at(curve, end) < loud && end > block) end -= 1;
    return end === last ? last + 2 : end + 1;
  }
  return first;
}

const at = (curve: ArrayLike<number>, block: number) => curve[block] ?? 0;
const power = (decibels: number) => 10 ** (decibels / 10);
