import type { Loudness } from "../../../contracts/media.ts";
import { HIGHEST_TRUE_PEAK } from "../../../contracts/rundown/gain.ts";

/** The least that ffmpeg's alimiter can be set to. */
const LEAST_LIMIT = 0.0625;

/**
 * The filter that keeps a file's peaks from being lifted above -1 dBTP by `gain`, which is applied after it; null where
 * none is so high. Delay is made good for, so every sample stays in its place.
 */
export function limiterFor(gain: number, { truePeak }: Loudness): string | null {
  const highest = 10 ** (HIGHEST_TRUE_PEAK / 20);
  if (gain * 10 ** (truePeak / 20) <= highest * 1.001) return null;
  const limit = Math.max(LEAST_LIMIT, highest / gain);
  return `alimiter=limit=${limit.toFixed(6)}:level=disabled:latency=enabled`;
}
