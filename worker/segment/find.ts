import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import { pause } from "../../kit/loop.ts";
import { EdgeError } from "../edge-error.ts";
import type { Board, View } from "../playlist/board.ts";
import { segmentMs } from "../playlist/known-index.ts";
import type { Reach } from "../reach.ts";
import { type Attempt, planAttempts, planBlindAttempts } from "./attempts.ts";
import { findCached, keepCached } from "./cached.ts";
import { obtain, type SegmentName } from "./obtain.ts";
import type { Segment, Shelf } from "./shelf.ts";

/** How often a request that is held looks for its segment. */
const HELD_POLL_MS = 200;
const HELD_SEGMENT_LENGTHS = 1.5;
/** R2 keeps segments for a day; asking for older ones would only cost. */
const OLDEST_MS = 24 * 3_600_000;

type Where = { routing: Routing; station: RoutedStation; board: Board; shelf: Shelf };

/**
 * The segment, whole and verified. The one due next is waited for. Throws 404 when nobody has it, 503 when it is
 * listed but cannot be had at the moment.
 */
export async function findSegment(name: SegmentName, where: Where, reach: Reach): Promise<Segment> {
  const path = `/${name.station}/${name.rendition}/${name.number}.ts`;
  const { station, board, shelf } = where;
  const onShelf = shelf.find(path);
  if (onShelf !== null) return onShelf;
  const view = await heldUntilThere(name, where, reach);
  const copies = (view.holdings.get(name.number) ?? []).filter((copy) => copy.renditions[name.rendition]);
  if (copies.length === 0) {
    const newest = board.windowOf(view, name.rendition)?.newest ?? null;
    return await findUnlisted(name, path, newest, where, reach);
  }
  const attempts = planAttempts(name.station, station, name.rendition, name.number, copies);
  const place = shelf.place(path);
  await place.refresh(async () => {
    const value = await fetchSegment(name, path, attempts, where.routing, reach);
    return { value, readAt: reach.clock.now() };
  }, reach);
  if (place.last) return place.last;
  throw new EdgeError(503, "segment_unreachable", "The segment cannot be had at the moment.", { retryAfterSeconds: 1 });
}

async function fetchSegment(
  name: SegmentName,
  path: string,
  attempts: readonly Attempt[],
  routing: Routing,
  reach: Reach,
): Promise<Segment | null> {
  const cached = await findCached(path, reach);
  if (cached !== null) return cached;
  const segment = await obtain(name, attempts, routing, reach);
  if (segment !== null) keepCached(path, segment, reach);
  return segment;
}

/** The view of the station once it holds the segment, or as it is when that one is not due next or does not come. */
async function heldUntilThere(name: SegmentName, { routing, station, board }: Where, reach: Reach): Promise<View> {
  const deadline = reach.clock.monotonic() + HELD_SEGMENT_LENGTHS * segmentMs(station.framesPerSegment);
  for (;;) {
    const view = await board.view(routing, station, reach);
    const newest = board.windowOf(view, name.rendition)?.newest;
    const isDueNext = newest !== undefined && name.number === newest + 1;
    if (!isDueNext || reach.clock.monotonic() >= deadline) return view;
    await pause(HELD_POLL_MS);
  }
}

/** A segment that no index lists (any more): it may lie in the cache or in R2. */
async function findUnlisted(
  name: SegmentName,
  path: string,
  newest: number | null,
  { routing, station }: Where,
  reach: Reach,
): Promise<Segment> {
  const oldest = (newest ?? 0) - OLDEST_MS / segmentMs(station.framesPerSegment);
  const isPossible = newest === null || (name.number < newest && name.number >= oldest);
  if (isPossible) {
    const attempts = planBlindAttempts(name.station, station, name.number);
    const segment = await fetchSegment(name, path, attempts, routing, reach);
    if (segment !== null) return segment;
  }
  throw new EdgeError(404, "no_such_segment", "Nobody has this segment.");
}
