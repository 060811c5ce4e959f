import type { DesiredStation } from "../../contracts/fleet.ts";
import { programmePath, type RenditionName } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import { type FlvTag, parseAacMessage } from "../ingest/flv.ts";
import type { Ingest } from "../ingest/server.ts";
import { readProgramme } from "../packager/programme-reader.ts";
import { createSlicer, type SlicedSegment } from "../packager/slicer.ts";
import { copyProgramme } from "./programme-copy.ts";

export type SlicingOptions = {
  desired: DesiredStation;
  ingest: Ingest;
  /** The studio's HTTP-FLV, from where the programme is pulled; null when it is made in this very process. */
  studioUrl: string | null;
  onSegment(segment: SlicedSegment): void;
  clock: Clock;
  log: Log;
};

/** What came of one rendition since slicing began. */
export type SlicingCount = { frames: number; segments: number; lost: number };

export type Slicing = {
  /** Ms since a frame was heard: of any rendition, and of the one heard least lately. Before the first: since the start. */
  heardMs(): { any: number; every: number };
  counts(): ReadonlyMap<RenditionName, SlicingCount>;
  stop(): Promise<void>;
};

/** Slices every rendition of a station's programme; one that comes from elsewhere is played on from here, too. */
export function startSlicing(options: SlicingOptions): Slicing {
  const { desired, ingest, studioUrl, clock, log } = options;
  const heardAt = new Map(desired.renditions.map((rendition) => [rendition, clock.monotonic()]));
  const counts = new Map<RenditionName, SlicingCount>();
  const ends = desired.renditions.map((rendition) => {
    const count = { frames: 0, segments: 0, lost: 0 };
    counts.set(rendition, count);
    const slicer = createSlicer({
      station: desired.slug,
      rendition,
      framesPerSegment: desired.framesPerSegment,
      clock,
      log: log.with({ rendition }),
      onSegment(segment) {
        count.segments += 1;
        options.onSegment(segment);
      },
      onLost: () => {
        count.lost += 1;
      },
    });
    const onTag = (tag: FlvTag) => {
      if (tag.type === 8 && parseAacMessage(tag.payload)?.kind === "frame") {
        heardAt.set(rendition, clock.monotonic());
        count.frames += 1;
      }
      slicer.push(tag);
    };
    const path = programmePath(desired.slug, rendition, desired.renditions);
    if (studioUrl === null) {
      const untap = ingest.tapProgramme(path, onTag);
      return async () => untap();
    }
    const publisher = ingest.publishProgramme(path);
    const passOn = copyProgramme(publisher, clock);
    const reader = readProgramme({
      url: `${studioUrl}${path}.flv`,
      onTag: (tag) => {
        onTag(tag);
        passOn(tag);
      },
      onState: (state) => {
        if (state === "disconnected") slicer.reset();
      },
      clock,
      log: log.with({ rendition }),
    });
    return async () => {
      await reader.stop();
      publisher.close();
    };
  });
  return {
    heardMs() {
      const now = clock.monotonic();
      return { any: now - Math.max(...heardAt.values()), every: now - Math.min(...heardAt.values()) };
    },
    counts: () => counts,
    stop: async () => {
      await Promise.all(ends.map((end) => end()));
    },
  };
}
