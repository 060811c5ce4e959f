import type { PreparedFile } from "../../contracts/media.ts";
import type { Sha256 } from "../../contracts/names.ts";

/** A file that a rundown will play. */
export type Wanted = {
  file: PreparedFile;
  station: string;
  /** When it is heard first, Unix ms; in the past for what is on air. */
  neededAt: number;
};

export type Held = { sha256: Sha256; bytes: number; usedAt: number };

export type Decision = {
  /** What to fetch next; null when all is there, or there is no room for more. */
  fetch: Wanted | null;
  /** What has to go before. */
  drop: Sha256[];
};

/**
 * What to fetch into the cache next and what to drop for it. `wanted` stands by the time it is needed, each file once.
 * What is needed earlier has a right to the room: first goes what nobody wants, the longest unused first, then what is
 * needed latest; so what is on air, or next, is never given up for what comes after it.
 */
export function decide(wanted: readonly Wanted[], held: readonly Held[], limitBytes: number): Decision {
  const heldBytes = new Map(held.map(({ sha256, bytes }) => [sha256, bytes]));
  const needs = new Map(wanted.map(({ file }, rank) => [file.sha256, rank]));
  const dispensable = [
    ...held.filter(({ sha256 }) => !needs.has(sha256)).sort((a, b) => a.usedAt - b.usedAt),
    ...held
      .filter(({ sha256 }) => needs.has(sha256))
      .sort((a, b) => (needs.get(b.sha256) ?? 0) - (needs.get(a.sha256) ?? 0)),
  ];
  let used = held.reduce((sum, each) => sum + each.bytes, 0);
  const drop: Sha256[] = [];

  /** Drops until `room` more bytes fit, but nothing that is needed before `rank`; false when they cannot. */
  const makeRoom = (room: number, rank: number): boolean => {
    while (used + room > limitBytes) {
      const next = dispensable[0];
      if (next === undefined || (needs.get(next.sha256) ?? Number.POSITIVE_INFINITY) <= rank) return false;
      dispensable.shift();
      drop.push(next.sha256);
      used -= next.bytes;
    }
    return true;
  };

  makeRoom(0, 1);
  const rank = wanted.findIndex(({ file }) => heldBytes.get(file.sha256) !== file.bytes);
  const missing = wanted[rank];
  if (missing === undefined) return { fetch: null, drop };
  const kept = [...drop];
  return makeRoom(missing.file.bytes, rank) ? { fetch: missing, drop } : { fetch: null, drop: kept };
}
