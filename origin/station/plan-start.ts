import type { RenditionName } from "../../contracts/names.ts";
import type { Published } from "../../contracts/published.ts";
import { firstFrame, frameAt, segmentAt } from "../../contracts/timeline.ts";

/** A studio that comes later than this does not render what was missed: listeners have long drained their buffers. */
export const CATCH_UP_SECONDS = 90;

export type StudioStart = {
  /** First frame to make, on a segment boundary in the past; null: the next boundary to come. */
  startFrame: number | null;
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
  if (last === null) return { startFrame: null, counters: {} };
  const startFrame = firstFrame(last.segment + 1, framesPerSegment);
  const behindSeconds = ((frameAt(nowMs) - startFrame) * 64) / 3000;
  return { startFrame: behindSeconds > CATCH_UP_SECONDS ? null : startFrame, counters: last.counters };
}
