import type { OriginId, StationSlug } from "../../contracts/names.ts";
import { type IndexedSegment, StationIndex } from "../../contracts/station-index.ts";
import { indexKey, MAX_INDEX_BYTES } from "../../contracts/storage.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Registry, Slicer, Station } from "../registry/registry.ts";
import { credible, latestSegment } from "./compare.ts";
import type { EdgeEyes } from "./edge-eyes.ts";

export type IndexBucket = {
  /** Without its body when the condition does not hold. */
  get(key: string, options: { onlyIf: R2Conditional }): Promise<R2ObjectBody | R2Object | null>;
};

/** What was last seen of one origin in one station. */
export type Seen = {
  station: StationSlug;
  origin: OriginId;
  /** By its index in R2, newest first; none when that was never seen. */
  segments: readonly IndexedSegment[];
  /** The newest number that R2 has shown, or the edge while R2 does not answer; null when there was none. */
  newest: number | null;
  /** False when neither has answered lately: then nothing is known. */
  isCurrent: boolean;
  /** For how long it has been looked for in vain, in ms; 0 when it was found. */
  missingMs: number;
};

/** Indexes read in one look, and at a time; what is left over comes first in the next look. */
const READS = 60;
const PARALLEL = 8;
const LOOK_TIMEOUT_MS = 900;
/** What was looked at so lately is not looked at again. */
const FRESH_MS = 700;
const CURRENT_MS = 4000;

type Entry = { firstLookedAt: number; lookedAt: number; etag: string | null; segments: readonly IndexedSegment[] };

type Dependencies = { bucket: IndexBucket; eyes: Pick<EdgeEyes, "newest">; clock: Clock; log: Log };

/**
 * Control's view of what was published, whatever the origins say of themselves: by the indexes in R2 and, where those
 * cannot be read, through the edge's own eyes. Not by the newer of the two: the edge reads from the origin itself what
 * is not in R2, and an origin whose uploads are refused would look as well as any.
 */
export class Sight {
  readonly #bucket: IndexBucket;
  readonly #eyes: Pick<EdgeEyes, "newest">;
  readonly #clock: Clock;
  readonly #log: Log;
  #entries = new Map<string, Entry>();

  constructor({ bucket, eyes, clock, log }: Dependencies) {
    this.#bucket = bucket;
    this.#eyes = eyes;
    this.#clock = clock;
    this.#log = log;
  }

  /** Looks at some of the indexes anew, those first that were not looked at for longest. Throws when R2 fails for all. */
  async look(registry: Registry): Promise<void> {
    const wanted = new Set(registry.slicers.map(keyOf));
    for (const key of this.#entries.keys()) if (!wanted.has(key)) this.#entries.delete(key);
    const due = registry.slicers
      .filter((slicer) => this.#ageMs(slicer) > FRESH_MS)
      .toSorted((one, other) => this.#ageMs(other) - this.#ageMs(one))
      .slice(0, READS);
    const failures: unknown[] = [];
    const queue = due.values();
    const read = async () => {
      for (const slicer of queue) {
        try {
          await this.#read(slicer, registry);
        } catch (thrown) {
          failures.push(thrown);
        }
      }
    };
    await withTimeout(LOOK_TIMEOUT_MS, "looking at the indexes", async () => {
      await Promise.all(Array.from({ length: PARALLEL }, read));
    });
    if (due.length > 0 && failures.length === due.length) throw failures[0];
  }

  seen({ slicers, stations }: Registry): Seen[] {
    const framesOf = new Map(stations.map(({ slug, framesPerSegment }) => [slug, framesPerSegment]));
    return slicers.map((slicer) => {
      const entry = this.#entries.get(keyOf(slicer));
      const segments = entry?.segments ?? [];
      const listed = this.#eyes.newest(slicer.station, slicer.origin);
      const latest = latestSegment(framesOf.get(slicer.station) ?? 1, this.#clock.now());
      const isRead = this.#ageMs(slicer) <= CURRENT_MS;
      const numbers = isRead ? segments.map(({ number }) => number) : [listed ?? -1];
      const newest = numbers.find((number) => number >= 0 && number <= latest) ?? null;
      const isCurrent = isRead || listed !== null;
      const missingMs = entry && newest === null ? this.#clock.monotonic() - entry.firstLookedAt : 0;
      return { ...slicer, segments, newest, isCurrent, missingMs };
    });
  }

  #ageMs(slicer: Slicer): number {
    return this.#clock.monotonic() - (this.#entries.get(keyOf(slicer))?.lookedAt ?? Number.NEGATIVE_INFINITY);
  }

  async #read(slicer: Slicer, registry: Registry): Promise<void> {
    const station = registry.stations.find(({ slug }) => slug === slicer.station);
    if (!station) return;
    const before = this.#entries.get(keyOf(slicer)) ?? {
      firstLookedAt: this.#clock.monotonic(),
      etag: null,
      segments: [],
    };
    const onlyIf = before.etag === null ? {} : { etagDoesNotMatch: before.etag };
    const object = await this.#bucket.get(indexKey(slicer.station, slicer.origin), { onlyIf });
    const lookedAt = this.#clock.monotonic();
    if (!object || !("body" in object)) {
      this.#entries.set(keyOf(slicer), { ...before, lookedAt });
      return;
    }
    const text = object.size > MAX_INDEX_BYTES ? "" : await object.text();
    const segments = this.#parse(text, slicer, station) ?? before.segments;
    this.#entries.set(keyOf(slicer), { ...before, lookedAt, etag: object.etag, segments });
  }

  /** An index that cannot be used says nothing new: what was seen before grows old, and that is judged. */
  #parse(text: string, slicer: Slicer, station: Station): IndexedSegment[] | null {
    try {
      const index = StationIndex.parse(JSON.parse(text));
      if (index.station !== slicer.station || index.origin !== slicer.origin) return null;
      if (index.framesPerSegment !== station.framesPerSegment) return null;
      const segments = credible(index.segments, station.framesPerSegment, this.#clock.now());
      return segments.length > 0 ? segments : null;
    } catch (thrown) {
      this.#log.debug("an index cannot be read", { ...slicer, error: describe(thrown) });
      return null;
    }
  }
}

function keyOf({ station, origin }: Slicer): string {
  return `${station}/${origin}`;
}
