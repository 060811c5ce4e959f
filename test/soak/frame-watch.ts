import { frameOfRtmpTimestamp, programmeTime } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import { parseAacMessage } from "../../origin/ingest/flv.ts";
import { readProgramme } from "../../origin/packager/programme-reader.ts";
import { watchOwnDelay } from "./own-delay.ts";

/** How punctually the frames of a programme leave its studio, as whoever reads it over HTTP-FLV sees them. */
export type Punctuality = {
  frames: number;
  /** Frames that were never heard. */
  missing: number;
  late: number;
  /** Ms from a frame's end to its arrival, less the time in which we did not look. */
  worstMs: number;
};

export type FrameWatch = {
  /** Since it was asked last. */
  take(): Punctuality;
  stop(): Promise<void>;
};

/** Players hold twenty times as much; an encoder that dies is replaced within it. */
export const LATE_MS = 500;
/** What is sent to a reader who joins was made before it came. */
const JOINING_MS = 2000;
const BLANK: Punctuality = { frames: 0, missing: 0, late: 0, worstMs: 0 };

/** Hears every frame of one rendition from now on. */
export function watchFrames(url: string, clock: Clock, log: Log): FrameWatch {
  const ownDelay = watchOwnDelay(clock);
  let seen = { ...BLANK };
  let newest: number | null = null;
  let countsFrom = Number.POSITIVE_INFINITY;
  const reader = readProgramme({
    url,
    onState: (state) => {
      if (state === "connected") countsFrom = clock.monotonic() + JOINING_MS;
    },
    onTag: ({ type, timestamp, payload }) => {
      if (type !== 8 || parseAacMessage(payload)?.kind !== "frame") return;
      const frame = frameOfRtmpTimestamp(timestamp, clock.now());
      if (newest !== null && frame > newest + 1) seen.missing += frame - newest - 1;
      newest = frame;
      if (clock.monotonic() < countsFrom) return;
      const lateness = clock.now() - programmeTime(frame + 1) - ownDelay.ms();
      seen.frames += 1;
      if (lateness > LATE_MS) seen.late += 1;
      seen.worstMs = Math.max(seen.worstMs, lateness);
    },
    clock,
    log,
  });
  return {
    take() {
      const taken = seen;
      seen = { ...BLANK };
      return taken;
    },
    stop() {
      ownDelay.stop();
      return reader.stop();
    },
  };
}
