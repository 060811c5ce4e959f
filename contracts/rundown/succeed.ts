import type { StationPlan } from "../plan.ts";
import { SAMPLES_PER_FRAME } from "../timeline.ts";
import { HOUR } from "./lengths.ts";
import { createRundown } from "./rundown.ts";

/** The longest separation: what was heard before does not matter. */
const REMEMBERED = 4 * HOUR;
const MOST_CARRIED = 1000;

/**
 * A plan that follows another without touching what is on air: until the frame `effectiveFrom` everything is as it was
 * planned before, and what is on air then is heard to its end.
 */
export function succeed(previous: StationPlan, next: StationPlan, effectiveFrom: number): StationPlan {
  const first = effectiveFrom * SAMPLES_PER_FRAME;
  const show = previous.slots.find(({ from, until, content }) => {
    return content.kind === "show" && from <= effectiveFrom && effectiveFrom < until;
  });
  const since = Math.min(first - REMEMBERED, show ? show.from * SAMPLES_PER_FRAME : first);
  const carry = createRundown(previous)
    .at(since, first + 1)
    .slice(-MOST_CARRIED);
  return { ...next, effectiveFrom, carry };
}
