import type { RotationRules } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import { MINUTE } from "./lengths.ts";
import { artistOf, type Entry, titleOf } from "./library.ts";

/** Which artists and titles were heard when, and which are already promised to come. */
export type Heard = {
  add(item: RundownItem): void;
  /**
   * How far playing the entry from `from` until `until` would break the rules: 0 not at all. A title too soon weighs
   * more than any artist too soon, and of two too soon the one that is less so is better.
   */
  shortfall(entry: Entry, from: number, until: number): number;
};

/** More than 240 minutes in ms. */
const TITLE_WEIGHT = 2 ** 24;

export function createHeard(rules: RotationRules, ahead: readonly RundownItem[]): Heard {
  const titles = createSeparation(rules.titleSeparationMinutes * MINUTE);
  const artists = createSeparation(rules.artistSeparationMinutes * MINUTE);
  for (const { track, from } of ahead) {
    if (track.kind === "jingle") continue;
    titles.promise(titleOf(track), from);
    artists.promise(artistOf(track), from);
  }
  return {
    add({ track, until }) {
      if (track.kind === "jingle") return;
      titles.add(titleOf(track), until);
      artists.add(artistOf(track), until);
    },
    shortfall: (entry, from, until) =>
      titles.shortfall(entry.title, from, until) * TITLE_WEIGHT + artists.shortfall(entry.artist, from, until),
  };
}

function createSeparation(separation: number) {
  const last = new Map<string, number>();
  const next = new Map<string, number>();
  return {
    add(name: string, until: number) {
      if (name !== "") last.set(name, until);
    },
    promise(name: string, from: number) {
      if (name !== "" && !next.has(name)) next.set(name, from);
    },
    /** Whole ms, rounded up. */
    shortfall(name: string, from: number, until: number): number {
      const sinceLast = from - (last.get(name) ?? Number.NEGATIVE_INFINITY);
      const untilNext = (next.get(name) ?? Number.POSITIVE_INFINITY) - until;
      return Math.ceil(Math.max(0, separation - Math.min(sinceLast, untilNext)) / (MINUTE / 60_000));
    },
  };
}
