/** When to look whether a live playlist has got its next segment, so that it is found soon and asked for seldom. */

/** A media playlist (RFC 8216, 4.3.3) as it was when it last changed. `changedAt` is in ms of a clock that never steps. */
export type SeenPlaylist = { address: string; text: string; changedAt: number; segmentMs: number };

/** The first look goes out this long before the segment is due, to learn of an earlier beat. */
const EARLY_MS = 100;
const AGAIN_MS = 400;
/** A segment later than this is left to the player's slower rhythm. */
const PATIENCE_MS = 2000;

/** Ms to wait before the first look at `address`: none unless this very playlist has changed lately. */
export function firstLookIn(seen: SeenPlaylist | null, address: string, now: number): number {
  if (seen === null || seen.address !== address) return 0;
  return Math.min(Math.max(0, seen.changedAt + seen.segmentMs - EARLY_MS - now), seen.segmentMs);
}

/** Ms to wait before another look, when the look at `now` found nothing new; null to be content with what there is. */
export function nextLookIn(firstLookAt: number, now: number, random: () => number): number | null {
  return now - firstLookAt >= PATIENCE_MS ? null : AGAIN_MS * (0.8 + 0.4 * random());
}

/** Length of the last segment and Unix ms of its end; null for what the text does not say. */
export function readPlaylist(text: string): { segmentMs: number | null; endsAt: number | null } {
  const length = [...text.matchAll(/^#EXTINF:([\d.]+)/gm)].at(-1)?.[1];
  const begin = [...text.matchAll(/^#EXT-X-PROGRAM-DATE-TIME:(\S+)/gm)].at(-1)?.[1];
  const segmentMs = length === undefined ? null : Number(length) * 1000;
  const endsAt = begin === undefined || segmentMs === null ? null : Date.parse(begin) + segmentMs;
  return { segmentMs, endsAt: Number.isNaN(endsAt) ? null : endsAt };
}
