import type { RenditionName } from "../../contracts/names.ts";
import type { ListedSegment } from "../../contracts/playlist.ts";
import { segmentAt, segmentTime } from "../../contracts/timeline.ts";
import { segmentMs } from "./known-index.ts";
import type { Holdings } from "./merge.ts";
import { publishedAt } from "./published-at.ts";
import { createTimetable } from "./timetable.ts";

/** Consecutive numbers a playlist lists: 38 s at the default length, more than any player keeps behind the edge. */
export const WINDOW_SEGMENTS = 12;
/** In lengths of a segment: one that is so late is no longer looked for, the reel is. */
const GIVEN_UP_AFTER = 0.25;

export type Window = {
  /** First and last number that are listed, and every one between them: what nobody has is heard from the reel. */
  first: number;
  edge: number;
  /** The newest number there is, listed or still behind a hole. */
  newest: number;
  /** The number from which the reel is on at the edge; null while the programme is. */
  reelSince: number | null;
  /** Unix ms at which the playlist is expected to change. */
  dueAt: number;
};

/**
 * What to list of a rendition at `now` (Unix ms); null when nobody holds any of it. A number that nobody has is
 * waited for until its time in the timetable, and what lies beyond it is not listed as long; then the reel is heard
 * under it. It follows from the indexes and the clock alone, so all isolates agree.
 */
export function planWindow(
  holdings: Holdings,
  rendition: RenditionName,
  framesPerSegment: number,
  now: number,
): Window | null {
  const held = [...publicationTimes(holdings, rendition, framesPerSegment)];
  const [oldest] = held;
  const newestHeld = held.at(-1)?.[0];
  if (oldest === undefined || newestHeld === undefined) return null;
  const length = segmentMs(framesPerSegment);
  const timetable = createTimetable(length);
  let edge = oldest[0];
  let reelSince: number | null = null;
  held.forEach(([number, at], index) => {
    if (number > edge + 1) return;
    timetable.add(number, at);
    const beforeNext = (held[index + 1]?.[0] ?? Number.POSITIVE_INFINITY) - 1;
    edge = Math.min(beforeNext, Math.max(number, timetable.reelThrough(now)));
    reelSince = edge > number ? number + 1 : null;
  });
  const isAwaited = edge === newestHeld && now < timetable.dueAt(edge + 1) + GIVEN_UP_AFTER * length;
  return {
    first: Math.max(edge - WINDOW_SEGMENTS + 1, oldest[0]),
    edge,
    newest: Math.max(edge, newestHeld),
    reelSince,
    dueAt: isAwaited ? timetable.dueAt(edge + 1) : timetable.reelAt(edge + 1),
  };
}

/**
 * What to list at `now` (Unix ms) where no index can be read at all: the reel, by the clock alone, one segment length
 * behind what may be complete, so that no edge which does see the programme is left behind.
 */
export function planBlindWindow(framesPerSegment: number, now: number): Window {
  const edge = segmentAt(now, framesPerSegment) - 2;
  const first = edge - WINDOW_SEGMENTS + 1;
  return { first, edge, newest: edge, reelSince: first, dueAt: segmentTime(edge + 3, framesPerSegment) };
}

export function segmentsOf({ first, edge }: Pick<Window, "first" | "edge">): ListedSegment[] {
  return Array.from({ length: edge - first + 1 }, (_, index) => ({ number: first + index, gap: false }));
}

/** The newest numbers of what is held alone, up to the last one, holes marked as such; empty when nothing is held. */
export function listHeld(holdings: Holdings, rendition: RenditionName): ListedSegment[] {
  const held = [...holdings].filter(([, copies]) => copies.some((copy) => copy.renditions[rendition] !== undefined));
  const numbers = new Set(held.map(([number]) => number));
  const newest = held.at(-1)?.[0];
  if (newest === undefined) return [];
  const candidates = segmentsOf({ first: newest - WINDOW_SEGMENTS + 1, edge: newest });
  const first = candidates.findIndex(({ number }) => numbers.has(number));
  return candidates.slice(first).map(({ number }) => ({ number, gap: !numbers.has(number) }));
}

/** When each number that exists in the rendition was first published, ascending by number. */
function publicationTimes(holdings: Holdings, rendition: RenditionName, framesPerSegment: number): Map<number, number> {
  const times = new Map<number, number>();
  for (const [number, copies] of holdings) {
    const having = copies.filter((copy) => copy.renditions[rendition] !== undefined);
    if (having.length > 0) times.set(number, publishedAt(having, number, framesPerSegment));
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
