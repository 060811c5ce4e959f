import type { StationPlan } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import { SAMPLES_PER_FRAME } from "../timeline.ts";
import { HOUR } from "./lengths.ts";
import { createRundown, type Rundown } from "./rundown.ts";

/** The longest separation: what was heard before does not matter. */
const REMEMBERED = 4 * HOUR;
const MOST_CARRIED = 1000;

/**
 * A plan that follows another without touching what is on air. Where it would itself have led to what is on until the
 * frame `effectiveFrom`, it goes on from there, so that an edit of next week changes nothing of today. Else it decides
 * from that frame: until then all is as it was planned before, and what is on air then is heard to its end.
 */
export function succeed(previous: StationPlan, next: StationPlan, effectiveFrom: number): StationPlan {
  const first = effectiveFrom * SAMPLES_PER_FRAME;
  const old = createRundown(previous);
  const unmoved = { ...next, effectiveFrom: previous.effectiveFrom, carry: previous.carry };
  if (agree(old, createRundown(unmoved), first - REMEMBERED, first + 1)) return unmoved;
  const show = previous.slots.find(({ from, until, content }) => {
    return content.kind === "show" && from <= effectiveFrom && effectiveFrom < until;
  });
  const since = Math.min(first - REMEMBERED, show ? show.from * SAMPLES_PER_FRAME : first);
  return { ...next, effectiveFrom, carry: old.at(since, first + 1).slice(-MOST_CARRIED) };
}

function agree(one: Rundown, other: Rundown, from: number, until: number): boolean {
  const placed = (rundown: Rundown) => JSON.stringify(rundown.at(from, until).map(placeOf));
  return placed(one) === placed(other);
}

function placeOf({ from, until, offset, track, source, fadeIn, fadeOut, gain }: RundownItem) {
  return [from, until, offset, track.media, track.prepared.sha256, source, fadeIn, fadeOut, gain];
}
