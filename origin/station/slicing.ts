import type { DesiredStation } from "../../contracts/fleet.ts";
import { programmePath } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import { type FlvTag, parseAacMessage } from "../ingest/flv.ts";
import type { Ingest } from "../ingest/server.ts";
import { readProgramme } from "../packager/programme-reader.ts";
import { createSlicer, type SlicedSegment } from "../packager/slicer.ts";

export type SlicingOptions = {
  desired: DesiredStation;
  /** Where the programme comes from: this very process, or the studio's HTTP-FLV. */
  from: { here: Ingest } | { studioUrl: string };
  onSegment(segment: SlicedSegment): void;
  clock: Clock;
  log: Log;
};

export type Slicing = {
  /** Ms since a frame was heard: of any rendition, and of the one heard least lately. Before the first: since the start. */
  heardMs(): { any: number; every: number };
  stop(): Promise<void>;
};

/** Slices every rendition of a station's programme. */
export function startSlicing(options: SlicingOptions): Slicing {
  const { desired, from, clock, log } = options;
  const heardAt = new Map(desired.renditions.map((rendition) => [rendition, clock.monotonic()]));
  const ends = desired.renditions.map((rendition) => {
    const slicer = createSlicer({
      station: desired.slug,
      rendition,
      framesPerSegment: desired.framesPerSegment,
      clock,
      log: log.with({ rendition }),
      onSegment: options.onSegment,
    });
    const onTag = (tag: FlvTag) => {
      if (tag.type === 8 && parseAacMessage(tag.payload)?.kind === "frame") heardAt.set(rendition, clock.monotonic());
      slicer.push(tag);
    };
    const path = programmePath(desired.slug, rendition, desired.renditions);
    if ("here" in from) {
      const untap = from.here.tapProgramme(path, onTag);
      return async () => untap();
    }
    const reader = readProgramme({
      url: `${from.studioUrl}${path}.flv`,
      onTag,
      onState: (state) => {
        if (state === "disconnected") slicer.reset();
      },
      clock,
      log: log.with({ rendition }),
    });
    return () => reader.stop();
  });
  return {
    heardMs() {
      const now = clock.monotonic();
      return { any: now - Math.max(...heardAt.values()), every: now - Math.min(...heardAt.values()) };
    },
    stop: async () => {
      await Promise.all(ends.map((end) => end()));
    },
  };
}
