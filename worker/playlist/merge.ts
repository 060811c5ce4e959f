import type { OriginId } from "../../contracts/names.ts";
import type { IndexedSegment, StationIndex } from "../../contracts/station-index.ts";
import { segmentAt, segmentTime } from "../../contracts/timeline.ts";
import { segmentMs } from "./known-index.ts";
import { distrusted } from "./trust.ts";

/** One origin's copy of a segment. */
export type Copy = {
  origin: OriginId;
  generation: number;
  /** Unix ms at which the origin published it, reckoned back from its index at one segment a segment length. */
  publishedAt: number;
  renditions: IndexedSegment["renditions"];
};

/** For each segment number, ascending, the copies that exist of it, the higher generation first. */
export type Holdings = ReadonlyMap<number, readonly Copy[]>;

/** Numbers remembered: what was listed stays fetchable even when an origin starts over with a short index. */
const REMEMBERED_SEGMENTS = 48;
/** For so long beyond its end a segment is expected from the others; the reel comes a little later. */
const LAST_RESORT_LENGTHS = 0.5;

/**
 * What a station's origins hold together. `before` is what was known already; nothing of it is withdrawn, except that
 * an origin's newer word on a number replaces its older one. Origins of the `reserve` (weight 0), and those that most
 * others contradict, are heard only where nobody else is in time. Ignored are indexes of another segment length and
 * segments more than one ahead of `now` (Unix ms).
 */
export function merge(
  before: Holdings,
  indexes: readonly StationIndex[],
  framesPerSegment: number,
  now: number,
  reserve: ReadonlySet<OriginId> = new Set(),
): Holdings {
  const latest = segmentAt(now, framesPerSegment) + 1;
  const copies = new Map<number, Map<OriginId, Copy>>();
  for (const [number, held] of before) copies.set(number, new Map(held.map((copy) => [copy.origin, copy])));
  for (const index of indexes) {
    if (index.framesPerSegment !== framesPerSegment) continue;
    for (const [number, copy] of copiesOf(index, latest, now)) {
      const held = copies.get(number) ?? new Map<OriginId, Copy>();
      const publishedAt = Math.min(copy.publishedAt, held.get(copy.origin)?.publishedAt ?? copy.publishedAt);
      copies.set(number, held.set(copy.origin, { ...copy, publishedAt }));
    }
  }
  const numbers = [...copies.keys()].sort((one, other) => one - other).slice(-REMEMBERED_SEGMENTS);
  const holdings = new Map(
    numbers.map((number) => [
      number,
      [...(copies.get(number)?.values() ?? [])].sort((one, other) => other.generation - one.generation),
    ]),
  );
  const odd = distrusted(holdings);
  return withoutLastResort(holdings, new Set([...odd, ...reserve]), framesPerSegment, now);
}

/**
 * Leaves out what the origins of last resort hold of the numbers about to be listed: others still have the time to
 * publish those. What is older stays, for it may be all there is.
 */
function withoutLastResort(
  holdings: Holdings,
  lastResort: ReadonlySet<OriginId>,
  framesPerSegment: number,
  now: number,
): Holdings {
  if (lastResort.size === 0) return holdings;
  const kept = [...holdings].map(([number, copies]): [number, readonly Copy[]] => {
    const isOpen = now < segmentTime(number + 1, framesPerSegment) + LAST_RESORT_LENGTHS * segmentMs(framesPerSegment);
    const others = copies.filter(({ origin }) => !lastResort.has(origin));
    return [number, others.length > 0 || isOpen ? others : copies];
  });
  return new Map(kept.filter(([, copies]) => copies.length > 0));
}

function copiesOf(index: StationIndex, latest: number, now: number): [number, Copy][] {
  const credible = index.segments.filter((segment) => segment.number <= latest);
  const newest = credible.reduce((highest, segment) => Math.max(highest, segment.number), 0);
  const updatedAt = Math.min(index.updatedAt, now);
  return credible.map(({ number, generation, renditions }) => [
    number,
    {
      origin: index.origin,
      generation,
      publishedAt: updatedAt - (newest - number) * segmentMs(index.framesPerSegment),
      renditions,
    },
  ]);
}
