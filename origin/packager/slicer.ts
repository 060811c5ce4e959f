import { createHash } from "node:crypto";
import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import type { ProgrammeItem, UpcomingItem } from "../../contracts/programme-item.ts";
import type { Level, Stamp } from "../../contracts/stamp.ts";
import { firstFrame, frameOfRtmpTimestamp } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import { type FlvTag, parseAacMessage } from "../ingest/flv.ts";
import { AUDIO_SPECIFIC_CONFIG, MAX_FRAME_BYTES } from "./aac.ts";
import { readStamp } from "./stamp-reader.ts";
import { packSegment } from "./transport-stream.ts";

export type SlicedSegment = {
  rendition: RenditionName;
  number: number;
  generation: number;
  /** Continuity counter of the first audio packet. */
  counter: number;
  level: Level;
  bytes: Buffer;
  /** Of the bytes, lower-case hexadecimal. */
  sha256: string;
  /** What is on when it ends. */
  item: ProgrammeItem | null;
  next: UpcomingItem[];
};

export type Slicer = {
  push(tag: FlvTag): void;
  /** The stream broke off: the segment that was being collected is lost. */
  reset(): void;
};

export type SlicerOptions = {
  station: StationSlug;
  rendition: RenditionName;
  framesPerSegment: number;
  clock: Clock;
  log: Log;
  onSegment(segment: SlicedSegment): void;
  /** A segment that lacked something is not handed out. */
  onLost?(): void;
};

/** A segment whose stamp has come, and as many of its frames as came after it. */
type Collected = { stamp: Stamp; frames: Buffer[] };

/**
 * Cuts one rendition of a programme into segments. A segment is handed out when its stamp, all its frames in a row
 * and the stamp of the next segment have come, and never otherwise (invariants 2 and 6). Holds two segments at most.
 */
export function createSlicer(options: SlicerOptions): Slicer {
  const { rendition, framesPerSegment, clock, onSegment } = options;
  const log = options.log.with({ station: options.station, rendition });
  let generation = -1;
  let collecting: Collected | null = null;
  /** Complete, but its level comes with the next stamp. */
  let awaitingLevel: Collected | null = null;
  let handedOut = -1;
  let foreignAudio = false;
  const complained = new Set<string>();

  function complainOnce(message: string): void {
    if (complained.has(message)) return;
    complained.add(message);
    log.warn(message);
  }

  function takeStamp(stamp: Stamp): void {
    if (stamp.rendition !== rendition || stamp.framesPerSegment !== framesPerSegment) {
      complainOnce("a stamp of another rendition or segment length is ignored");
      return;
    }
    if (stamp.generation < generation) {
      complainOnce("a studio of an older generation is ignored");
      collecting = null;
      return;
    }
    if (stamp.generation > generation) {
      generation = stamp.generation;
      collecting = null;
      awaitingLevel = null;
      handedOut = -1;
    }
    if (stamp.segment <= handedOut) return;
    if (collecting !== null && collecting.frames.length > 0) reportLoss(collecting, "another stamp came too early");
    if (awaitingLevel?.stamp.segment === stamp.segment - 1 && stamp.closes !== null) {
      handOut(awaitingLevel, stamp.closes, stamp);
    }
    awaitingLevel = null;
    collecting = { stamp, frames: [] };
  }

  function takeFrame(frame: number, data: Buffer): void {
    if (collecting === null) return;
    const expected = firstFrame(collecting.stamp.segment, framesPerSegment) + collecting.frames.length;
    if (frame < expected) return;
    if (frame > expected || data.length > MAX_FRAME_BYTES) {
      reportLoss(collecting, frame > expected ? `${frame - expected} frames are missing` : "a frame is too large");
      collecting = null;
      return;
    }
    collecting.frames.push(data);
    if (collecting.frames.length < framesPerSegment) return;
    awaitingLevel = collecting;
    collecting = null;
  }

  function reportLoss({ stamp, frames }: Collected, reason: string): void {
    log.warn("a segment is not published", { segment: stamp.segment, frames: frames.length, reason });
    options.onLost?.();
  }

  function handOut({ stamp, frames }: Collected, level: Level, closing: Stamp): void {
    const { segment, counter } = stamp;
    const beginsWithin = closing.item !== null && closing.item.frame < firstFrame(closing.segment, framesPerSegment);
    const { item, next } = beginsWithin ? closing : stamp;
    const bytes = packSegment({ segment, framesPerSegment, counter, frames });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    handedOut = segment;
    onSegment({ rendition, number: segment, generation, counter, level, bytes, sha256, item, next });
  }

  return {
    push({ type, timestamp, payload }) {
      if (type === 18) {
        const stamp = readStamp(payload);
        if (stamp === "malformed") complainOnce("a malformed stamp is ignored");
        else if (stamp !== null) takeStamp(stamp);
        return;
      }
      const message = type === 8 ? parseAacMessage(payload) : null;
      if (message?.kind === "header") {
        foreignAudio = !message.config.equals(AUDIO_SPECIFIC_CONFIG);
        if (foreignAudio) complainOnce("audio that is not ours is ignored");
      }
      if (message?.kind === "frame" && !foreignAudio) {
        takeFrame(frameOfRtmpTimestamp(timestamp, clock.now()), message.data);
      }
    },
    reset() {
      if (collecting !== null) reportLoss(collecting, "the stream broke off");
      collecting = null;
    },
  };
}
