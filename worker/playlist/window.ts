import type { RenditionName } from "../../contracts/names.ts";
import type { ListedSegment } from "../../contracts/playlist.ts";
import { segmentMs } from "./known-index.ts";
import type { Copy, Holdings } from "./merge.ts";

/** Consecutive numbers a playlist lists: 38 s at the default length, more than any player keeps behind the edge. */
export const WINDOW_SEGMENTS = 12;

export type Window = {
  /** What the playlist lists: it begins with a segment that exists, and so it ends. */
  segments: ListedSegment[];
  /** The newest number anyone holds in this rendition, listed or still behind a hole. */
  newest: number;
  /** Unix ms at which the playlist is expected to change. */
  dueAt: number;
};

/**
 * What to list of a rendition at `now` (Unix ms); null when nobody holds any of it. A hole (a number that nobody has
 * though someone has a later one) is waited for one segment length, and what lies beyond it is not listed as long;
 * then it is listed as a gap. It depends on nothing an isolate remembers for itself, so all of them agree.
 */
export function planWindow(
  holdings: Holdings,
  rendition: RenditionName,
  framesPerSegment: number,
  now: number,
): Window | null {
  const length = segmentMs(framesPerSegment);
  const publishedAt = publicationTimes(holdings, rendition);
  const held = [...publishedAt.keys()];
  const oldest = held[0];
  const newest = held.at(-1);
  if (oldest === undefined || newest === undefined) return null;
  let edge = oldest;
  let dueAt = (publishedAt.get(newest) ?? now) + length;
  for (const number of held) {
    const waitsUntil = (publishedAt.get(number) ?? now) + length;
    if (number > edge + 1 && now < waitsUntil) {
      dueAt = waitsUntil;
      break;
    }
    edge = number;
  }
  const candidates = Array.from({ length: WINDOW_SEGMENTS }, (_, index) => edge - WINDOW_SEGMENTS + 1 + index);
  const first = candidates.findIndex((number) => publishedAt.has(number));
  const segments = candidates.slice(first).map((number) => ({ number, gap: !publishedAt.has(number) }));
  return { segments, newest, dueAt };
}

/** When each number that exists in the rendition was first published, ascending by number. */
function publicationTimes(holdings: Holdings, rendition: RenditionName): Map<number, number> {
  const times = new Map<number, number>();
  for (const [number, copies] of holdings) {
    const having = copies.filter((copy: Copy) => copy.renditions[rendition] !== undefined);
    if (having.length > 0) times.set(number, Math.min(...having.map((copy) => copy.publishedAt)));
  }
  return times;
}

/**
 * Cache-Control of a playlist that changes at `dueAt`: fresh for the whole seconds until then, never longer than one
 * segment; from then on it may be kept for its ETag but must be asked for again (RFC 9111, 5.2.2.4).
 */
export function playlistCacheControl(dueAt: number, framesPerSegment: number, now: number): string {
  const seconds = Math.floor(Math.min(dueAt - now, segmentMs(framesPerSegment)) / 1000);
  return seconds >= 1 ? `public, max-age=${seconds}` : "no-cache";
}
