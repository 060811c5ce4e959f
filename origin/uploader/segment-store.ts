import type { OriginId, RenditionName, StationSlug } from "../../contracts/names.ts";
import type { ProgrammeItem, UpcomingItem } from "../../contracts/programme-item.ts";
import type { Level } from "../../contracts/stamp.ts";
import {
  INDEX_ITEMS,
  INDEX_SEGMENTS,
  type IndexedSegment,
  type RenditionCopy,
  type StationIndex,
} from "../../contracts/station-index.ts";
import { firstFrame } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import type { SlicedSegment } from "../packager/slicer.ts";

/** One rendition of a stored segment. Its bytes are null after a restart: they are at the edge, not here. */
type Copy = RenditionCopy & { content: Buffer | null; announced: boolean };

type Stored = {
  generation: number;
  level: Level;
  next: UpcomingItem[];
  copies: Map<RenditionName, Copy>;
};

export type SegmentStore = {
  readonly framesPerSegment: number;
  /** False for what is held already, came from an older generation, or would replace what listeners may have. */
  add(segment: SlicedSegment): boolean;
  /** Takes over the index of before a restart, so that nothing listed is withdrawn. */
  prime(index: StationIndex): void;
  /** The copy is at the edge and may be named there. */
  announce(rendition: RenditionName, number: number): void;
  /** Bytes of a segment; null when they are not in memory. */
  segment(rendition: RenditionName, number: number): Buffer | null;
  /** Ascending numbers of a rendition whose bytes are in memory. */
  numbers(rendition: RenditionName): number[];
  /** All that is held. */
  index(): StationIndex;
  /** What may be named at the edge (invariant 6). */
  announcedIndex(): StationIndex;
};

/** The newest segments of a station on this origin, all renditions: INDEX_SEGMENTS numbers, the oldest falls out. */
export function createSegmentStore(options: {
  station: StationSlug;
  origin: OriginId;
  framesPerSegment: number;
  clock: Clock;
}): SegmentStore {
  const { station, origin, framesPerSegment, clock } = options;
  const stored = new Map<number, Stored>();
  const items = new Map<number, ProgrammeItem>();
  // The edge reckons from it when each segment came: it moves when the content does, not when somebody looks.
  let changedAt = clock.now();

  const ascending = () => [...stored].sort(([a], [b]) => a - b);

  function place(number: number, { generation, level, next }: Omit<Stored, "copies">): Stored | null {
    const present = stored.get(number);
    if (present?.generation === generation) return present;
    if (present !== undefined && (present.generation > generation || isAnnounced(present))) return null;
    const placed = { generation, level, next, copies: new Map<RenditionName, Copy>() };
    stored.set(number, placed);
    forgetOldest(stored, INDEX_SEGMENTS);
    return stored.has(number) ? placed : null;
  }

  function remember(item: ProgrammeItem): void {
    items.set(item.frame, item);
    forgetOldest(items, INDEX_ITEMS);
  }

  function indexOf(isListed: (copy: Copy) => boolean): StationIndex {
    const listed = ascending()
      .map(([number, { next, ...segment }]) => ({ next, entry: toEntry(number, segment, isListed) }))
      .filter(({ entry }) => Object.keys(entry.renditions).length > 0);
    const newest = listed.at(-1);
    const end = newest === undefined ? 0 : firstFrame(newest.entry.number + 1, framesPerSegment);
    return {
      version: 1,
      station,
      origin,
      framesPerSegment,
      updatedAt: changedAt,
      segments: listed.map(({ entry }) => entry),
      items: [...items.values()].filter((item) => item.frame < end).sort((a, b) => a.frame - b.frame),
      next: newest?.next ?? [],
    };
  }

  return {
    framesPerSegment,

    add({ rendition, number, bytes, sha256, counter, item, ...stamped }) {
      const copies = place(number, stamped)?.copies;
      if (copies === undefined) return false;
      if (item !== null) remember(item);
      const present = copies.get(rendition);
      if (present === undefined) {
        copies.set(rendition, { sha256, bytes: bytes.length, counter, content: bytes, announced: false });
        changedAt = clock.now();
        return true;
      }
      if (present.sha256 === sha256) present.content = bytes;
      return false;
    },

    prime(index) {
      index.items.forEach(remember);
      for (const { number, generation, level, renditions } of index.segments) {
        const next = number === index.segments.at(-1)?.number ? index.next : [];
        const copies = place(number, { generation, level, next })?.copies;
        for (const [rendition, copy] of entriesOf(renditions)) {
          if (copies?.has(rendition) === false) copies.set(rendition, { ...copy, content: null, announced: true });
        }
      }
    },

    announce(rendition, number) {
      const copy = stored.get(number)?.copies.get(rendition);
      if (copy === undefined || copy.announced) return;
      copy.announced = true;
      changedAt = clock.now();
    },

    segment: (rendition, number) => stored.get(number)?.copies.get(rendition)?.content ?? null,

    numbers: (rendition) =>
      ascending()
        .filter(([, { copies }]) => copies.get(rendition)?.content != null)
        .map(([number]) => number),

    index: () => indexOf(() => true),
    announcedIndex: () => indexOf((copy) => copy.announced),
  };
}

function toEntry(
  number: number,
  { generation, level, copies }: Omit<Stored, "next">,
  isListed: (copy: Copy) => boolean,
): IndexedSegment {
  const renditions = Object.fromEntries(
    [...copies]
      .filter(([, copy]) => isListed(copy))
      .map(([rendition, { sha256, bytes, counter }]) => [rendition, { sha256, bytes, counter }]),
  );
  return { number, generation, level, renditions };
}

function isAnnounced({ copies }: Stored): boolean {
  return [...copies.values()].some((copy) => copy.announced);
}

function entriesOf(renditions: IndexedSegment["renditions"]): [RenditionName, RenditionCopy][] {
  return Object.entries(renditions) as [RenditionName, RenditionCopy][];
}

function forgetOldest(byNumber: Map<number, unknown>, kept: number): void {
  while (byNumber.size > kept) byNumber.delete(Math.min(...byNumber.keys()));
}
