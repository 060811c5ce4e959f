import type { OriginId } from "../../contracts/names.ts";
import type { Routing } from "../../contracts/routing.ts";
import type { StationIndex } from "../../contracts/station-index.ts";
import type { Random } from "./random.ts";

/** How R2 fails: shares of its calls, 0 to 1. A call that hangs is one that fails late. */
export type BucketFault = { reads: number; writes: number; hangs: number };

export const SOUND_BUCKET: BucketFault = { reads: 0, writes: 0, hangs: 0 };

export type Outcome<T> = { is: "found"; value: T } | { is: "failed" } | { is: "hung" };

/** Segments kept of each origin: more than anybody asks for. */
const KEPT = 64;

export type StoredSegment = { number: number; sha256: string; bytes: Buffer };

/** R2: the routing, the indexes and the segments, and whether it answers. */
export class Bucket {
  fault: BucketFault = SOUND_BUCKET;
  readonly #random: Random;
  #routing: Routing | null = null;
  readonly #indexes = new Map<OriginId, StationIndex>();
  readonly #segments = new Map<OriginId, StoredSegment[]>();

  constructor(random: Random) {
    this.#random = random;
  }

  routing(): Outcome<Routing | null> {
    return this.#read(this.#routing);
  }

  index(origin: OriginId): Outcome<StationIndex | null> {
    return this.#read(this.#indexes.get(origin) ?? null);
  }

  segment(origin: OriginId, number: number): Outcome<StoredSegment | null> {
    return this.#read(this.#segments.get(origin)?.findLast((stored) => stored.number === number) ?? null);
  }

  /** False when it was not written. */
  putRouting(routing: Routing): boolean {
    if (!this.#writes()) return false;
    this.#routing = routing;
    return true;
  }

  /** Null when it was not written; false when a later one is stored already. */
  putIndex(origin: OriginId, index: StationIndex): boolean | null {
    if (!this.#writes()) return null;
    if ((this.#indexes.get(origin)?.updatedAt ?? 0) > index.updatedAt) return false;
    this.#indexes.set(origin, index);
    return true;
  }

  putSegment(origin: OriginId, segment: StoredSegment): boolean {
    if (!this.#writes()) return false;
    const held = this.#segments.get(origin) ?? [];
    this.#segments.set(origin, [...held, segment].slice(-KEPT));
    return true;
  }

  /** What is stored, under numbers that are higher by `segments`. */
  leap(ms: number, segments: number): void {
    for (const [origin, index] of this.#indexes) this.#indexes.set(origin, laterIndex(index, ms, segments));
    for (const held of this.#segments.values()) for (const segment of held) segment.number += segments;
  }

  #read<T>(value: T): Outcome<T> {
    if (this.fault.reads === 0 || this.#random.next() >= this.fault.reads) return { is: "found", value };
    return this.#random.next() < this.fault.hangs ? { is: "hung" } : { is: "failed" };
  }

  #writes(): boolean {
    return this.fault.writes === 0 || this.#random.next() >= this.fault.writes;
  }
}

/** The same index as if all had come later. */
export function laterIndex(index: StationIndex, ms: number, segments: number): StationIndex {
  return {
    ...index,
    updatedAt: index.updatedAt + ms,
    segments: index.segments.map((segment) => ({ ...segment, number: segment.number + segments })),
  };
}
