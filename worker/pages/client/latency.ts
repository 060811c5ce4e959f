/** Beyond its segment's length, what a listener waits: the segment's way to the edge, a late look, and a reserve. */
const RESERVE_SECONDS = 3.2;
/** Less than this of the first segment is not worth starting with: it would run dry before the second is loaded. */
const LEAST_OF_FIRST_SECONDS = 0.8;
/** How much a segment may be late while the clock is still believed. */
const LATENESS_SECONDS = 2;
/** How old a playlist is that is just about to be replaced, less half a segment: the guess where no clock helps. */
const USUAL_LATENESS_SECONDS = 0.2;

/**
 * Seconds before the end of the playlist at which to start, so that every listener is equally far behind the
 * programme, wherever in the beat of segments they came. `age` is how many seconds ago, by our clock, the programme
 * was at the playlist's end; null when unknown. An age that can't be true tells of a wrong clock.
 */
export function startDistance(age: number | null, segmentSeconds: number): number {
  const credible = age !== null && age >= 0 && age <= segmentSeconds + LATENESS_SECONDS;
  const assumed = credible ? age : segmentSeconds / 2 + USUAL_LATENESS_SECONDS;
  const distance = Math.max(segmentSeconds, segmentSeconds + RESERVE_SECONDS - assumed);
  const ofFirst = distance % segmentSeconds;
  return distance + Math.max(0, LEAST_OF_FIRST_SECONDS - ofFirst);
}

/** Farther than this before the end of the playlist, playback jumps to where it should be: what was missed is gone. */
export function farthestDistance(segmentSeconds: number): number {
  return segmentSeconds + 11;
}
