import type { StationPlan } from "../../contracts/plan.ts";
import type { Slot } from "../../contracts/slot.ts";
import { frameAt } from "../../contracts/timeline.ts";
import { occurrencesOf } from "./occurrences.ts";
import { SCHEDULE } from "./policy.ts";
import type { PlanFacts } from "./read-facts.ts";
import { type Resolved, resolve } from "./resolve.ts";

/** A plan without what only its publication gives it. */
export type BarePlan = Omit<StationPlan, "version" | "publishedAt" | "effectiveFrom" | "carry">;

/** As many as a plan may hold; those that come first. */
const MOST_SLOTS = 5000;

/** The plan of a station at `now`, Unix ms: what was on of late, what is on, and what comes within the horizon. */
export function buildPlan({ station, rotation, entries, playlists, tracks, relays }: PlanFacts, now: number): BarePlan {
  const { timeZone, seed, targetLoudness, playlist, ...rules } = rotation;
  const occurrences = entries.flatMap((entry) => {
    return occurrencesOf(entry, timeZone, now - SCHEDULE.pastMs, now + SCHEDULE.horizonMs);
  });
  return {
    schema: 1,
    station,
    seed: seed || station,
    targetLoudness,
    rules,
    playlist,
    playlists,
    tracks,
    slots: resolve(occurrences).flatMap(slotsOf).toSorted(byStart).slice(0, MOST_SLOTS),
    relays,
  };
}

function slotsOf({ entry, pieces }: Resolved): Slot[] {
  return pieces.map(({ from, until, start }) => ({
    entry: entry.id,
    title: entry.title,
    host: entry.host,
    from: frameAt(from),
    until: frameAt(until),
    start,
    content: entry.content,
  }));
}

function byStart(one: Slot, other: Slot): number {
  return one.from - other.from;
}
