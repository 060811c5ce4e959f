import type { RotationRules } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import { gainOf } from "./gain.ts";
import { crossfadeOf, overlapOf } from "./lengths.ts";
import type { Entry } from "./library.ts";
import { endAt, naturalEnd, type Stretch } from "./timetable.ts";

/** Items one after the other, each in its place beside its neighbours. */
export type Row = {
  readonly items: readonly RundownItem[];
  /** Until here something is on, or nothing can be. */
  readonly place: number;
  /** Where an entry would begin. */
  startFor(entry: Entry, source: RundownItem["source"], stretch: Stretch): number;
  append(entry: Entry, source: RundownItem["source"], slot: RundownItem["slot"], stretch: Stretch): RundownItem;
  skipTo(place: number): void;
};

export function createRow(rules: RotationRules, target: number, from: number, onAir: RundownItem | null): Row {
  const crossfade = crossfadeOf(rules);
  const items: RundownItem[] = onAir ? [onAir] : [];
  let place = onAir?.until ?? from;

  const startFor: Row["startFor"] = (entry, source, stretch) => {
    const last = items.at(-1);
    if (last?.until !== place || place < naturalEnd(last)) return place;
    return Math.max(place - overlapOf(last, entry.track, source, crossfade), Math.min(stretch.from, place));
  };

  return {
    items,
    get place() {
      return place;
    },
    startFor,
    append(entry, source, slot, stretch) {
      const { track } = entry;
      const start = startFor(entry, source, stretch);
      const fadeIn = place - start;
      const whole: RundownItem = {
        from: start,
        until: start + entry.length,
        offset: track.cue.in,
        track,
        source,
        slot,
        fadeIn,
        fadeOut: 0,
        gain: gainOf(track.loudness, target),
      };
      const item = endAt(whole, stretch.limit);
      const last = items.at(-1);
      if (last && fadeIn > 0) items[items.length - 1] = { ...last, fadeOut: fadeIn };
      items.push(item);
      place = item.until;
      return item;
    },
    skipTo(next) {
      place = Math.max(place, next);
    },
  };
}
