import { publishedAt } from "../playlist/published-at.ts";
import { WINDOW_SEGMENTS } from "../playlist/window.ts";
import type { Sight } from "./extend.ts";
import { type Listing, lastOf, THROUGH_EDGE, type Whence } from "./listing.ts";

/**
 * So long after it was published an edge lists a number that the listing lacks, because R2 takes nothing in or whoever
 * writes it is gone. It is far enough beyond NAMED_WITHIN_MS that nobody names it in the bucket any more.
 */
export const AHEAD_MS = 2500;

/** What an edge lists of a rendition: the numbers in a row from `first` on, and whence each comes. */
export type Listed = {
  first: number;
  whence: readonly Whence[];
  /** Whether more is known to be there than is listed. */
  isBehind: boolean;
  /** Whether the listing lacks what it should have had long ago. */
  isOverdue: boolean;
};

/** The listing, and beyond it what it lacks for too long: all of that comes through the edge. */
export function goAhead(
  listing: Listing,
  sight: Pick<Sight, "window" | "holdings" | "rendition" | "station">,
  now: number,
): Listed {
  const { window } = sight;
  const last = Math.max(lastOf(listing), window.first - 1);
  let edge = last;
  while (edge < window.edge && isLongThere(edge + 1, sight, now)) edge += 1;
  const first = Math.max(edge - WINDOW_SEGMENTS + 1, Math.min(listing.first, window.first));
  const whenceOf = (number: number) => listing.whence[number - listing.first] ?? THROUGH_EDGE;
  return {
    first,
    whence: Array.from({ length: edge - first + 1 }, (_, index) => whenceOf(first + index)),
    isBehind: edge < window.edge,
    isOverdue: lastOf(listing) < edge,
  };
}

/** The reel is listed when the window has it: it always comes through the edge. */
function isLongThere(
  number: number,
  { holdings, rendition, station: { framesPerSegment } }: Pick<Sight, "holdings" | "rendition" | "station">,
  now: number,
): boolean {
  const copies = holdings.get(number)?.filter(({ renditions }) => renditions[rendition] !== undefined) ?? [];
  return copies.length === 0 || now >= publishedAt(copies, number, framesPerSegment) + AHEAD_MS;
}
