import type { Loudness } from "../media.ts";

/** What a decoder or a codec may still add to a true peak, in dBTP (EBU R 128 s1 allows -1). */
export const HIGHEST_TRUE_PEAK = -1;
/** How far peaks may be pushed down for the sake of loudness: a limiter does it when the file is played. */
const MOST_LIMITED_DB = 12;
/** A file that is quieter by more than this holds little but noise, which nobody wants to hear louder. */
export const MAX_GAIN_DB = 24;

/**
 * What the samples of a file are multiplied with to bring it to `target` LUFS. Peaks above HIGHEST_TRUE_PEAK are left to
 * a limiter; the gain is less where that would have to do too much.
 */
export function gainOf({ integrated, truePeak }: Loudness, target: number): number {
  const most = HIGHEST_TRUE_PEAK - truePeak + MOST_LIMITED_DB;
  return 10 ** (Math.min(target - integrated, most, MAX_GAIN_DB) / 20);
}
