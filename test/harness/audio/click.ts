import { median } from "./level.ts";
import type { Sound } from "./sound.ts";

const BLOCK_MS = 5;
/** Blocks on each side that tell what is usual here. */
const NEIGHBOURS = 6;
const FACTOR = 8;
/** Below this a second difference is inaudible whatever surrounds it: -66 dBFS. */
const FLOOR = 0.0005;

/**
 * Seconds at which the sound clicks: where its second difference, which a step or a spike makes large and tonal sound
 * keeps small, peaks far above what is usual in the 30 ms before and after.
 */
export function findClicks({ samples, rate }: Sound): number[] {
  const size = Math.round((rate * BLOCK_MS) / 1000);
  const peaks: { value: number; index: number }[] = [];
  for (let from = 2; from + size <= samples.length; from += size) peaks.push(peakBend(samples, from, from + size));
  return peaks
    .filter(({ value }, block) => {
      const around = [
        ...peaks.slice(Math.max(0, block - NEIGHBOURS), Math.max(0, block - 1)),
        ...peaks.slice(block + 2, block + 1 + NEIGHBOURS),
      ];
      const usual = median(around.map((peak) => peak.value));
      return value > FACTOR * Math.max(usual, FLOOR);
    })
    .map(({ index }) => index / rate)
    .filter((at, click, all) => at - (all[click - 1] ?? -1) > BLOCK_MS / 1000);
}

function peakBend(samples: Float32Array, from: number, to: number): { value: number; index: number } {
  let peak = { value: 0, index: from };
  for (let index = from; index < to; index++) {
    const bend = (samples[index] ?? 0) - 2 * (samples[index - 1] ?? 0) + (samples[index - 2] ?? 0);
    if (Math.abs(bend) > peak.value) peak = { value: Math.abs(bend), index };
  }
  return peak;
}
