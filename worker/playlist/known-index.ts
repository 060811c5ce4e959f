import { StationIndex } from "../../contracts/station-index.ts";
import { segmentSeconds, segmentTime } from "../../contracts/timeline.ts";

/** An index as it was read, with its text, by which an unchanged one is known without parsing it again. */
export type KnownIndex = {
  text: string;
  index: StationIndex;
  /** Whether it was seen in R2: then all that it lists is there (invariant 6). */
  stored?: boolean;
};

/** Throws when the text is no index, or that of another station or origin. */
export function parseIndex(text: string, station: string, origin: string): KnownIndex {
  const index = StationIndex.parse(JSON.parse(text));
  if (index.station !== station || index.origin !== origin) {
    throw new Error(`it is the index of ${index.origin} for ${index.station}`);
  }
  return { text, index };
}

export function segmentMs(framesPerSegment: number): number {
  return segmentSeconds(framesPerSegment) * 1000;
}

/** Segment lengths after which an origin should have written another index, and is asked itself: before the reel is on. */
const STALE_AFTER = 1.25;
/** In segment lengths: so long after its end a segment is published as a rule. */
const UPLOADED_AFTER = 0.25;

/**
 * Whether its origin may know more by `now` (Unix ms): it should have been written anew, or what it lists is old. An
 * origin that R2 has refused for long sends first what is overdue, in indexes that are new and tell of old segments.
 */
export function isStale(index: StationIndex, now: number): boolean {
  const { updatedAt, framesPerSegment } = index;
  const length = segmentMs(framesPerSegment);
  const newestAt = segmentTime(newestIn(index) + 1, framesPerSegment) + UPLOADED_AFTER * length;
  return now - Math.min(updatedAt, newestAt) > STALE_AFTER * length;
}

/** The one its origin wrote later; with equal times the one that lists more, that was seen in R2, or the one at hand. */
export function newerIndex<I extends KnownIndex>(atHand: I | null, other: I | null): I | null {
  if (atHand === null || other === null) return atHand ?? other;
  const laterBy =
    other.index.updatedAt - atHand.index.updatedAt ||
    newestIn(other.index) - newestIn(atHand.index) ||
    Number(other.stored ?? false) - Number(atHand.stored ?? false);
  return laterBy > 0 ? other : atHand;
}

function newestIn({ segments }: StationIndex): number {
  return segments.at(-1)?.number ?? -1;
}

const FRESH_MS = 1000;
const FRESH_WHEN_DUE_MS = 250;

/**
 * Until when (Unix ms) an index that was read at `readAt` need not be read again: a second; less while the origin is
 * just about to write the next, so that a new segment is listed soon. An origin that is long overdue gains nothing.
 */
export function indexFreshUntil(index: StationIndex | null, readAt: number): number {
  if (index === null) return readAt + FRESH_MS;
  const length = segmentMs(index.framesPerSegment);
  const dueAt = index.updatedAt + length;
  if (readAt > dueAt + length) return readAt + FRESH_MS;
  return Math.min(readAt + FRESH_MS, Math.max(readAt + FRESH_WHEN_DUE_MS, dueAt));
}
