import type { NowJson } from "../../contracts/now-json.ts";
import type { ProgrammeItem } from "../../contracts/programme-item.ts";
import { INDEX_ITEMS, type StationIndex } from "../../contracts/station-index.ts";
import { firstFrame, programmeTime, segmentAt } from "../../contracts/timeline.ts";

/** The reel at the live edge, and the first frame in which it is heard. */
export type Slate = { frame: number; title: string };

/**
 * What is on at the live edge, what was and what comes. The index that is furthest ahead speaks; the others only
 * add what was before its memory begins, so that the history outlives the restart of a slicer. While the reel is
 * heard, it is what is on, and nobody knows what comes.
 */
export function renderNow(
  station: string,
  name: string,
  indexes: readonly StationIndex[],
  slate: Slate | null,
  now: number,
): NowJson {
  const speakers = indexes
    .map((index) => ({ index, edge: liveEdge(index, now) }))
    .sort(
      (one, other) =>
        other.edge.generation - one.edge.generation ||
        other.edge.frame - one.edge.frame ||
        other.index.updatedAt - one.index.updatedAt,
    );
  const leader = speakers[0];
  if (leader === undefined) return { station, name, now: null, history: [], next: [] };
  let heard = leader.index.items.filter((item) => item.frame < leader.edge.frame);
  for (const { index } of speakers.slice(1)) {
    const begin = heard[0]?.frame ?? leader.edge.frame;
    heard = [...index.items.filter((item) => item.frame < begin), ...heard];
  }
  if (slate !== null) heard.push({ frame: slate.frame, source: "slate", title: slate.title, artist: "", frames: null });
  const history = heard.slice(-INDEX_ITEMS).reverse();
  const current = history[0];
  return {
    station,
    name,
    now: current === undefined ? null : { ...heardItem(current), endsAt: endOf(current) },
    history: history.map(heardItem),
    next: (slate === null ? leader.index.next : []).map(({ source, title, artist }) => ({ source, title, artist })),
  };
}

/** The frame after the newest segment of an index, and the generation of that segment. */
function liveEdge(index: StationIndex, now: number): { frame: number; generation: number } {
  const latest = segmentAt(now, index.framesPerSegment) + 1;
  const newest = index.segments.findLast((segment) => segment.number <= latest);
  if (newest === undefined) return { frame: 0, generation: 0 };
  return { frame: firstFrame(newest.number + 1, index.framesPerSegment), generation: newest.generation };
}

function heardItem(item: ProgrammeItem) {
  return { source: item.source, title: item.title, artist: item.artist, startsAt: isoTime(item.frame) };
}

function endOf(item: ProgrammeItem): string | null {
  return item.frames === null ? null : isoTime(item.frame + item.frames);
}

function isoTime(frame: number): string {
  return new Date(programmeTime(frame)).toISOString();
}
