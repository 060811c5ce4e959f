import { MIN_SECONDS } from "./limits.ts";

/** Containers that do not know their length: what ffprobe says of them is an estimate, which may be far off. */
const ESTIMATED = new Set(["aac", "ac3", "amr", "eac3", "mp3"]);
/** Of an exact length that much has to be there, and of an estimated one. */
const WHOLE = 0.95;
const SOME = 0.2;
/** What may be missing of a short file. */
const TOLERANCE_SECONDS = 1;

/** Why the sound that came out of a file is not what should be in it; null when it is. */
export function whatIsMissing(format: string, expected: number, decoded: number): string | null {
  if (decoded === 0) return "No sound at all could be decoded";
  if (decoded < MIN_SECONDS) return "There is less than a second of sound in the file";
  const isEstimate = ESTIMATED.has(format);
  if (decoded >= expected * (isEstimate ? SOME : WHOLE) - TOLERANCE_SECONDS) return null;
  const found = `${Math.round(decoded)} of ${Math.round(expected)} s`;
  return isEstimate
    ? `Most of the file cannot be decoded: ${found}`
    : `The file is not whole: ${found} can be decoded, as if the upload or a copy had been cut short`;
}
