import type { IndexedSegment, StationIndex } from "../../contracts/station-index.ts";
import { segmentAt } from "../../contracts/timeline.ts";

/** Indexes for tests: station of 150 frames, renditions aac-48k and aac-128k. */

export type Made = {
  /** What the bytes hash to; equal by default. */
  hash?: string;
  generation?: number;
  /** dBFS. */
  rms?: number;
};

export function makeSegment(number: number, { hash = "a", generation = 1, rms = -18 }: Made = {}): IndexedSegment {
  const copy = (of: string) => ({ sha256: hashOf(`${hash}${number}${of}`), bytes: 188 * 100, counter: 0 });
  const renditions = { "aac-48k": copy("48"), "aac-128k": copy("128") };
  return { number, generation, level: { peak: Math.min(0, rms + 10), rms }, renditions };
}

/** The newest segments that can have been published at `now` (Unix ms), newest first. */
export function makeSegments(now: number, count: number, made: Made = {}): IndexedSegment[] {
  const newest = segmentAt(now, 150) - 1;
  return Array.from({ length: count }, (_, index) => makeSegment(newest - index, made));
}

export function makeIndex(station: string, origin: string, segments: IndexedSegment[], now: number): StationIndex {
  const ascending = segments.toSorted((one, other) => one.number - other.number);
  return {
    version: 1,
    station,
    origin,
    framesPerSegment: 150,
    updatedAt: now,
    segments: ascending,
    items: [],
    next: [],
  };
}

function hashOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .padEnd(64, "0")
    .slice(0, 64);
}
