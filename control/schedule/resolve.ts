import type { Occurrence } from "./occurrences.ts";

/** What an occurrence loses to others (cut, split, hidden) or to the clock, or what is wrong with its content. */
export const WARNINGS = ["cut", "split", "hidden", "moved", "again", "missing", "long", "empty"] as const;

export type Warning = {
  code: (typeof WARNINGS)[number];
  message: string;
  /** The entries that take its time. */
  by: string[];
};

export type Piece = { from: number; until: number; start: "hard" | "soft" };

/** An occurrence with what is heard of it: pieces, ascending, that overlap no other's. */
export type Resolved = Occurrence & { pieces: Piece[]; warnings: Warning[] };

/** Less than this is not worth going on air for, ms. */
const SHORTEST_PIECE_MS = 60_000;

/**
 * Resolves overlaps: the higher priority wins; of equal ones what happens once, then what begins earlier. The other is
 * cut or split; of a show that would be split only the first part is played, since its files are not resumed.
 * Ascending by the time at which they are due.
 */
export function resolve(occurrences: readonly Occurrence[]): Resolved[] {
  const resolved: Resolved[] = [];
  for (const occurrence of occurrences.toSorted(byRank)) {
    const above = resolved
      .filter(({ pieces }) => pieces.some((piece) => overlap(piece, occurrence)))
      .toSorted((one, other) => one.from - other.from);
    const pieces = piecesOf(occurrence, above);
    resolved.push({ ...occurrence, pieces, warnings: warningsOf(occurrence, pieces, above) });
  }
  return resolved.toSorted((one, other) => one.from - other.from || compare(one.entry.id, other.entry.id));
}

function byRank(one: Occurrence, other: Occurrence): number {
  return (
    other.entry.priority - one.entry.priority ||
    Number(one.entry.rule !== null) - Number(other.entry.rule !== null) ||
    one.from - other.from ||
    compare(one.entry.id, other.entry.id)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function overlap(one: { from: number; until: number }, other: { from: number; until: number }): boolean {
  return one.from < other.until && other.from < one.until;
}

function piecesOf({ entry, from, until }: Occurrence, above: readonly Resolved[]): Piece[] {
  const taken = above.flatMap(({ pieces }) => pieces).toSorted((one, other) => one.from - other.from);
  const pieces: Piece[] = [];
  let place = from;
  for (const end of [...taken, { from: until, until }]) {
    const free = Math.min(end.from, until);
    if (free - place >= SHORTEST_PIECE_MS) {
      pieces.push({ from: place, until: free, start: place === from ? entry.start : "soft" });
    }
    place = Math.max(place, end.until);
  }
  return entry.content.kind === "show" ? pieces.slice(0, 1) : pieces;
}

function warningsOf(occurrence: Occurrence, pieces: readonly Piece[], above: readonly Resolved[]): Warning[] {
  const warnings: Warning[] = [];
  if (occurrence.shift === "moved") {
    const message = `the clock skips ${occurrence.wall}: it begins as long after midnight as on other days`;
    warnings.push({ code: "moved", message, by: [] });
  }
  if (occurrence.shift === "again") {
    warnings.push({ code: "again", message: `the clock shows ${occurrence.wall} for the second time`, by: [] });
  }
  const by = [...new Set(above.map(({ entry }) => entry.id))];
  const titles = [...new Set(above.map(({ entry }) => entry.title))].join(", ");
  if (pieces.length === 0) warnings.push({ code: "hidden", message: `nothing is left of it beside ${titles}`, by });
  else if (pieces.length > 1) warnings.push({ code: "split", message: `it is interrupted by ${titles}`, by });
  else if (above.length > 0) warnings.push({ code: "cut", message: `part of its time is taken by ${titles}`, by });
  return warnings;
}
