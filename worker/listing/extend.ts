import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import type { RoutedStation } from "../../contracts/routing.ts";
import { counterAfter } from "../../contracts/station-index.ts";
import { segmentMs } from "../playlist/known-index.ts";
import type { Copy, Holdings } from "../playlist/merge.ts";
import { publishedAt } from "../playlist/published-at.ts";
import { WINDOW_SEGMENTS, type Window } from "../playlist/window.ts";
import { planAttempts } from "../segment/attempts.ts";
import { FROM_REEL, type Listing, lastOf, THROUGH_EDGE, type Whence } from "./listing.ts";

/** Numbers after the first listing that still come through the edge: all edges have heard of it by then. */
export const LEAD = 4;
/**
 * A number that is listed later than this after it was published, or after it was due (in segment lengths), comes through
 * the edge: others may have named it so without waiting for the listing (`ahead.ts`).
 */
export const NAMED_WITHIN_MS = 1200;
const NAMED_WITHIN_LENGTHS = 0.4;

/** What an edge sees of a rendition. */
export type Sight = {
  slug: StationSlug;
  station: RoutedStation;
  rendition: RenditionName;
  window: Window;
  holdings: Holdings;
  isReeled(number: number): boolean;
  /** Whether the origin's copy of the number is known to lie in the bucket. */
  isStored(origin: string, number: number): boolean;
};

/**
 * The listing with what is there at `now` (Unix ms) and not listed yet; the same one when that is nothing. What was
 * listed stays as it was. A number is named in the bucket when an origin that would be asked for it has put it there,
 * counted on from what is heard before it; else it comes through the edge, which finds, counts and plays what there is.
 */
export function extend(before: Listing | null, sight: Sight, now: number): Listing {
  const { window, station } = sight;
  const isContinued =
    before !== null && before.framesPerSegment === station.framesPerSegment && lastOf(before) >= window.first - 1;
  if (!isContinued) return begin(sight, now);
  if (lastOf(before) >= window.edge) return before;
  const whence = [...before.whence];
  let { counter } = before;
  for (let number = lastOf(before) + 1; number <= window.edge; number += 1) {
    const next = name(number, counter, before.leadsFrom, sight, now);
    whence.push(next.whence);
    counter = next.counter;
  }
  const kept = whence.slice(-WINDOW_SEGMENTS);
  return { ...before, first: window.edge - kept.length + 1, whence: kept, counter, writtenAt: now };
}

function begin(sight: Sight, now: number): Listing {
  const { first, edge } = sight.window;
  const leadsFrom = edge + 1 + LEAD;
  const named: Whence[] = [];
  let counter: number | null = null;
  for (let number = first; number <= edge; number += 1) {
    const next = name(number, counter, leadsFrom, sight, now);
    named.push(next.whence);
    counter = next.counter;
  }
  const { framesPerSegment } = sight.station;
  return { framesPerSegment, first, whence: named, leadsFrom, counter, writtenAt: now };
}

function name(
  number: number,
  counter: number | null,
  leadsFrom: number,
  sight: Sight,
  now: number,
): { whence: Whence; counter: number | null } {
  const { slug, station, rendition, holdings } = sight;
  const copies = (holdings.get(number) ?? []).filter(({ renditions }) => renditions[rendition] !== undefined);
  if (copies.length === 0 || sight.isReeled(number)) return { whence: FROM_REEL, counter };
  const inOrder = planAttempts(slug, station, rendition, number, copies)
    .filter(({ via }) => via === "R2")
    .flatMap(({ origin }) => copies.find((copy) => copy.origin === origin) ?? []);
  const [best] = inOrder;
  const isInBucket =
    station.delivery !== undefined &&
    station.delivery !== "edge" &&
    number >= leadsFrom &&
    isInTime(number, copies, sight, now);
  const stored = inOrder.find(
    (copy) =>
      isAlike(copy, best, rendition) &&
      sight.isStored(copy.origin, number) &&
      (counter === null || copy.renditions[rendition]?.counter === counter),
  );
  const whence = isInBucket && stored !== undefined ? stored.origin : THROUGH_EDGE;
  const heard = best?.renditions[rendition];
  return { whence, counter: heard === undefined ? counter : Math.floor(counterAfter(heard)) };
}

/** What is not the same bytes goes on with other counters. */
function isAlike(copy: Copy, best: Copy | undefined, rendition: RenditionName): boolean {
  return copy.renditions[rendition]?.sha256 === best?.renditions[rendition]?.sha256;
}

function isInTime(number: number, copies: readonly Copy[], { holdings, rendition, station }: Sight, now: number) {
  const { framesPerSegment } = station;
  const length = segmentMs(framesPerSegment);
  const before = holdings.get(number - 1)?.filter(({ renditions }) => renditions[rendition] !== undefined) ?? [];
  const due = before.length === 0 ? now : publishedAt(before, number - 1, framesPerSegment) + length;
  return (
    now <= publishedAt(copies, number, framesPerSegment) + NAMED_WITHIN_MS && now <= due + NAMED_WITHIN_LENGTHS * length
  );
}
