import type { PcmSource } from "./pcm-source.ts";

/** A source that plays files, and can tell whether more of them is on its way. */
export type Player = PcmSource & { readonly isComing: boolean };

/**
 * Whether the programme should rather be late than go on with less: while what is on air is decoding still, and while a
 * better one of the players, which stand by falling priority, gets ready; where nothing is on air yet or it leaves, the
 * best of all. The programme catches up afterwards. A host, or the slate, does not wait.
 */
export function isWorthWaiting(onAir: PcmSource | null, players: readonly Player[]): boolean {
  const present = players.find((player) => player === onAir);
  if (present === undefined && onAir !== null) return false;
  if (present?.starving && present.isComing) return true;
  const stays = present !== undefined && !present.starving && !present.isOver;
  const better = stays ? players.slice(0, players.indexOf(present)) : players;
  return better.find(({ ready, isComing }) => ready || isComing)?.ready === false;
}
