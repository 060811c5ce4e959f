import type { ProgrammeItem, UpcomingItem } from "./programme-item.ts";
import { INDEX_ITEMS, type StationIndex } from "./station-index.ts";
import { firstFrame, frameAt, segmentAt } from "./timeline.ts";

/** What was heard of a station until `edge`, the first frame that is not published yet, and what is expected then. */
export type Heard = {
  /** Ascending by frame; the last one is on at the edge. */
  readonly items: readonly ProgrammeItem[];
  readonly next: readonly UpcomingItem[];
  readonly edge: number;
};

/**
 * What a station's indexes tell together at `now` (Unix ms); null when there is none. The one that is furthest ahead in
 * the highest generation speaks; the others only add what was before its memory begins, so that what was heard outlives
 * the restart of a slicer and the change of a studio.
 */
export function heardTogether(indexes: readonly StationIndex[], now: number): Heard | null {
  const speakers = indexes
    .map((index) => ({ index, ...endOf(index, now) }))
    .sort(
      (one, other) =>
        other.generation - one.generation || other.edge - one.edge || other.index.updatedAt - one.index.updatedAt,
    );
  const [leader, ...others] = speakers;
  if (leader === undefined) return null;
  let items = leader.index.items.filter((item) => item.frame < leader.edge);
  for (const { index } of others) {
    const begin = items[0]?.frame ?? leader.edge;
    items = [...index.items.filter((item) => item.frame < begin), ...items];
  }
  return { items: joinContinued(items).slice(-INDEX_ITEMS), next: leader.index.next, edge: leader.edge };
}

/** How far apart two studios may see the end of one playing of a track. */
const SAME_END_FRAMES = frameAt(1000);

/** Without the items that only go on with the one before: a new studio begins anew what it takes over in the middle. */
export function joinContinued(items: readonly ProgrammeItem[]): ProgrammeItem[] {
  const joined: ProgrammeItem[] = [];
  for (const item of items) {
    const before = joined.at(-1);
    if (before === undefined || !continues(item, before)) joined.push(item);
  }
  return joined;
}

function continues(item: ProgrammeItem, before: ProgrammeItem): boolean {
  const isSame = (["source", "title", "artist", "host", "media"] as const).every((part) => item[part] === before[part]);
  if (!isSame || item.frames === null || before.frames === null) return isSame && item.frames === before.frames;
  return Math.abs(item.frame + item.frames - before.frame - before.frames) <= SAME_END_FRAMES;
}

/** The frame after the newest segment of an index, and the generation of that segment. */
function endOf(index: StationIndex, now: number): { edge: number; generation: number } {
  const latest = segmentAt(now, index.framesPerSegment) + 1;
  const newest = index.segments.findLast((segment) => segment.number <= latest);
  if (newest === undefined) return { edge: 0, generation: 0 };
  return { edge: firstFrame(newest.number + 1, index.framesPerSegment), generation: newest.generation };
}
