import type { PcmSource } from "./pcm-source.ts";

/** A source that plays files, and can tell whether more of them is on its way. */
export type Player = PcmSource & { readonly isComing: boolean };

/**
 * Whether the programme should rather be late than go on with the next best source: while what is on air is decoding still,
 * or, at the start, the best of the players. The programme catches up afterwards.
 */
export function isWorthWaiting(onAir: PcmSource | null, players: readonly Player[]): boolean {
  if (onAir === null) return players.find(({ ready, isComing }) => ready || isComing)?.ready === false;
  const player = players.find((each) => each === onAir);
  return player?.starving === true && player.isComing;
}
