import type { Loudness } from "../media.ts";

/** What a decoder or a codec may still add to a true peak, in dBTP (EBU R 128 s1 allows -1). */
export const HIGHEST_TRUE_PEAK = -1;
/** A file that is quieter by more than this holds little but noise, which nobody wants to hear louder. */
export const MAX_GAIN_DB = 24;

/**
 * What the samples of a file are multiplied with to bring it to `target` LUFS; less where its peaks would be clipped.
 */
export function gainOf({ integrated, truePeak }: Loudness, target: number): number {
  return 10 ** (Math.min(target - integrated, HIGHEST_TRUE_PEAK - truePeak, MAX_GAIN_DB) / 20);
}
