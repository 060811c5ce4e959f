import { CHANNELS, SAMPLE_RATE } from "../../contracts/timeline.ts";

/** What a file may cost. Nobody but its uploader has seen it yet. */

/** Longest sound that is prepared. */
export const MAX_SECONDS = 6 * 3600;
export const MIN_SECONDS = 1;

/** Sound that unpacks to so many times its size, and is not short, was made to fill a disk: even speech at 6 kbit/s has 250. */
const MAX_RATIO = 1500;
const RATIO_COUNTS_AFTER_SECONDS = 600;

/** Most private memory of a child process, in bytes; it is given less where the node has less. */
export const MAX_CHILD_MEMORY = 128 << 20;
/** With less, ffmpeg does not get through an ordinary file. */
export const MIN_CHILD_MEMORY = 56 << 20;
/** What a child may compute, in s; twenty times what the longest file takes. It ends one that has lost its owner, too. */
export const MAX_CHILD_CPU_SECONDS = 3600;

/** Real time that decoding may take: some for the start, and then half of the length of what it has decoded. */
const PATIENCE_MS = 60_000;
const SLOWEST = 0.5;

/** Whether a decoder hangs, or is so slow that it would never end. */
export function isTooSlow(elapsedMs: number, decodedSeconds: number): boolean {
  return elapsedMs > PATIENCE_MS + decodedSeconds * 1000 * SLOWEST;
}

/** Why so much sound is not to come out of a file of so many bytes, for its editor; null while it may. */
export function excessOf(seconds: number, bytes: number): string | null {
  if (seconds > MAX_SECONDS) return `The file unpacks to more than ${MAX_SECONDS / 3600} hours of sound.`;
  const ratio = (seconds * SAMPLE_RATE * CHANNELS * 2) / bytes;
  if (seconds < RATIO_COUNTS_AFTER_SECONDS || ratio < MAX_RATIO) return null;
  return `The file unpacks to more than ${MAX_RATIO} times its size: it holds no real sound.`;
}
