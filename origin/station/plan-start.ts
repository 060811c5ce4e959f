import type { RenditionName } from "../../contracts/names.ts";
import type { Published } from "../../contracts/published.ts";
import { firstFrame, frameAt, segmentAt } from "../../contracts/timeline.ts";

/** A studio that comes later than this does not render all that was missed: listeners have long drained their buffers. */
export const CATCH_UP_SECONDS = 90;
/** A station that comes on air begins this far in the past: players start three segments back (RFC 8216, 6.3.3). */
const HEAD_START_SEGMENTS = 3;

export type StudioStart = {
  /** First frame to make, on a segment boundary, most often in the past. */
  startFrame: number;
  /** Continuity counter with which each rendition goes on. */
  counters: Partial<Record<RenditionName, number>>;
};

/**
 * Where a studio begins: right after the newest segment that anyone published or this node sliced, so that no number
 * stays empty and none is written twice. `known` are those ends, nulls included; an end in the future is a lie.
 */
export function planStart(known: readonly (Published | null)[], framesPerSegment: number, nowMs: number): StudioStart {
  const present = segmentAt(nowMs, framesPerSegment);
  const last = known
    .filter((end): end is Published => end !== null && end.segment <= present)
    .reduce<Published | null>((newest, end) => (newest === null || end.segment > newest.segment ? end : newest), null);
  const begin = firstFrame(present - HEAD_START_SEGMENTS, framesPerSegment);
  if (last === null) return { startFrame: begin, counters: {} };
  const startFrame = firstFrame(last.segment + 1, framesPerSegment);
  const behindSeconds = ((frameAt(nowMs) - startFrame) * 64) / 3000;
  return { startFrame: behindSeconds > CATCH_UP_SECONDS ? begin : startFrame, counters: last.counters };
}
