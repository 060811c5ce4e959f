import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import { pause } from "../../kit/loop.ts";
import { settledWithin } from "../cache/memo.ts";
import { EdgeError } from "../edge-error.ts";
import type { Board, View } from "../playlist/board.ts";
import { segmentMs } from "../playlist/known-index.ts";
import type { Window } from "../playlist/window.ts";
import type { Reach } from "../reach.ts";
import { segmentOfReel } from "../reel/reel.ts";
import type { Reels } from "../reel/reels.ts";
import { sha256Of } from "../sha256.ts";
import { type Attempt, planAttempts, planBlindAttempts } from "./attempts.ts";
import { findCached, keepCached } from "./cached.ts";
import { obtain, type SegmentName } from "./obtain.ts";
import { runOn } from "./run-on.ts";
import type { Segment, Shelf } from "./shelf.ts";

/** How often a request that is held looks for its segment. */
const HELD_POLL_MS = 200;
const HELD_SEGMENT_LENGTHS = 1.5;
/** R2 keeps segments for a day; asking for older ones would only cost. */
const OLDEST_MS = 24 * 3_600_000;

/**
 * How far behind the newest a number may lie to be heard from the reel: farther back than any playlist reaches. What
 * was listed is never refused.
 */
const REEL_NUMBERS = 48;

type Where = { routing: Routing; station: RoutedStation; board: Board; shelf: Shelf; reels: Reels };

/**
 * The segment, whole and verified; from the reel when nobody has what is listed, or when it cannot be had in time. The
 * one due next is waited for. Throws 404 for what is not listed, 503 when not even the reel can be had.
 */
export async function findSegment(name: SegmentName, where: Where, reach: Reach): Promise<Segment> {
  const path = `/${name.station}/${name.rendition}/${name.number}.ts`;
  const onShelf = where.shelf.find(path);
  if (onShelf !== null) return onShelf;
  const view = await heldUntilThere(name, where, reach);
  const isReeled = where.board.reeled.has(name.rendition, name.number);
  const held = isReeled ? [] : (view.holdings.get(name.number) ?? []);
  const copies = held.filter((copy) => copy.renditions[name.rendition]);
  if (copies.length > 0) {
    const attempts = planAttempts(name.station, where.station, name.rendition, name.number, copies);
    const inTime = await fetchInTime(name, path, attempts, view, where, reach);
    return inTime ?? (await fromReel(name, view, where, reach));
  }
  const window = where.board.windowOf(view, name.rendition);
  const segment = isReeled ? null : await findUnlisted(name, path, window, view, where, reach);
  if (segment !== null) return segment;
  const wasListed = name.number <= window.edge && name.number > window.edge - REEL_NUMBERS;
  if (!wasListed) throw new EdgeError(404, "no_such_segment", "Nobody has this segment.");
  const reel = await fromReel(name, view, where, reach);
  // Where no index could be read, somebody may have it: it is looked for anew.
  if (view.holdings.size > 0) where.shelf.place(path).set({ value: reel, readAt: reach.clock.now() });
  return reel;
}

/** Null when it cannot be had within the length of a segment, which is what players have left; the search goes on. */
async function fetchInTime(
  name: SegmentName,
  path: string,
  attempts: readonly Attempt[],
  view: View,
  { routing, station, board, shelf }: Where,
  reach: Reach,
): Promise<Segment | null> {
  const place = shelf.place(path);
  const found = place.refresh(async () => {
    const segment = await fetchSegment(name, path, attempts, routing, reach);
    const value = segment === null ? null : await countedOn(segment, name, view, { station, board }, reach);
    return { value, readAt: reach.clock.now() };
  }, reach);
  await settledWithin(segmentMs(station.framesPerSegment), found);
  return place.last ?? null;
}

/** The segment with its audio counted on from what was heard before it; as it is where nothing is known of that. */
async function countedOn(
  segment: Segment,
  { station: slug, rendition, number }: SegmentName,
  { holdings }: View,
  { station, board }: Pick<Where, "station" | "board">,
  reach: Reach,
): Promise<Segment> {
  const heard = board.reeled.heard(rendition, holdings);
  if (!heard.has(number)) return segment;
  try {
    const { framesPerSegment } = station;
    return await runOn(segment, board.counted.place(heard, rendition, number), { number, framesPerSegment });
  } catch (thrown) {
    reach.complaints.add(`a segment of ${slug} cannot be counted on`, thrown);
    return segment;
  }
}

/** Throws 503 when there is no reel, or none that fits. */
async function fromReel(
  name: SegmentName,
  view: View,
  { station, board, reels }: Where,
  reach: Reach,
): Promise<Segment> {
  const reel = await reels.of(name.station, name.rendition, reach);
  const { framesPerSegment } = station;
  const counting = board.counted.place(board.reeled.heard(name.rendition, view.holdings), name.rendition, name.number);
  try {
    if (reel === null) throw new Error("there is no reel");
    const { buffer } = segmentOfReel(reel, { number: name.number, framesPerSegment, ...counting });
    return { bytes: buffer, sha256: await sha256Of(buffer), fromReel: true };
  } catch (thrown) {
    reach.complaints.add(`the reel of ${name.station} cannot be heard`, thrown);
    const message = "The segment cannot be had at the moment.";
    throw new EdgeError(503, "segment_unreachable", message, { retryAfterSeconds: 1 });
  }
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
    const isDueNext = name.number === board.windowOf(view, name.rendition).newest + 1;
    if (!isDueNext || reach.clock.monotonic() >= deadline) return view;
    await pause(HELD_POLL_MS);
  }
}

/**
 * A segment that no index lists any more, or that none lists because none can be read: it may lie in the cache or in
 * R2. Null when it does not.
 */
async function findUnlisted(
  name: SegmentName,
  path: string,
  { newest }: Window,
  view: View,
  where: Where,
  reach: Reach,
): Promise<Segment | null> {
  const [forgottenBefore = newest + 1] = view.holdings.keys();
  const oldest = newest - OLDEST_MS / segmentMs(where.station.framesPerSegment);
  const isPossible = name.number < forgottenBefore && name.number <= newest && name.number >= oldest;
  if (!isPossible) return null;
  const attempts = planBlindAttempts(name.station, where.station, name.number);
  return await fetchInTime(name, path, attempts, view, where, reach);
}
