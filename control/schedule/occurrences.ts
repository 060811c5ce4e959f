import type { StoredEntry } from "./entry.ts";
import { wallTimes } from "./recurrence.ts";
import { type Due, dueAt, type TimeZone, type WallTime } from "./wall-clock.ts";

/** One time at which an entry is due. Unix ms. */
export type Occurrence = {
  entry: StoredEntry;
  /** What the schedule says; `shift` tells where the clock disagrees. */
  wall: WallTime;
  from: number;
  until: number;
  shift: Due["shift"];
};

/**
 * When an entry is due between two instants: what overlaps them, ascending. What is repeated comes twice in an hour that
 * comes twice, and only once in a time to which another was moved; what happens once happens at the first.
 */
export function occurrencesOf(entry: StoredEntry, zone: TimeZone, from: number, until: number): Occurrence[] {
  const length = entry.durationMinutes * 60_000;
  const found = new Map<number, Occurrence>();
  for (const wall of entry.rule ? wallTimes(entry.rule, entry.from, zone, from - length, until) : [entry.from]) {
    if (entry.except.includes(wall)) continue;
    const due = dueAt(wall, zone);
    for (const { at, shift } of entry.rule ? due : due.slice(0, 1)) {
      const isMeant = found.get(at)?.shift === null;
      if (at < until && from < at + length && !isMeant) {
        found.set(at, { entry, wall, from: at, until: at + length, shift });
      }
    }
  }
  return [...found.values()].toSorted((one, other) => one.from - other.from);
}
