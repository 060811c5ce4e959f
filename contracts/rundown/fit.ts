import type { Entry } from "./library.ts";

/** So many entries are looked at for a row's end, and fewer for what comes before it: 14,000 rows of three. */
export const FIT_CHOICE = 100;
const FIT_LEADS = 12;
/** Rows of at most so many tracks are tried. */
export const FIT_TRACKS = 3;

/**
 * Of at most `FIT_CHOICE` entries that may all be played now, the one that begins the row of one to three which fills `rest` samples with
 * the least to cut off; null where no row fills them. The rules hold within the row, too.
 */
export function chooseToFit(entries: readonly Entry[], rest: number): Entry | null {
  let chosen: Entry | null = null;
  let least = Number.POSITIVE_INFINITY;
  const extend = (row: readonly Entry[], left: number) => {
    for (const [index, entry] of entries.entries()) {
      if (row.some((other) => isLike(entry, other))) continue;
      const over = entry.length - left;
      if (over >= 0 && over < least) {
        least = over;
        chosen = row[0] ?? entry;
      }
      if (over < 0 && index < FIT_LEADS && row.length + 1 < FIT_TRACKS) extend([...row, entry], left - entry.advance);
    }
  };
  extend([], rest);
  return chosen;
}

function isLike(one: Entry, other: Entry): boolean {
  return one.title === other.title || (one.artist !== "" && one.artist === other.artist);
}
