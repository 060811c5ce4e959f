import type { OriginState } from "../../contracts/fleet.ts";

/** What an origin may do in a state. Everything that follows from a state follows from this table. */
export type Powers = {
  /** It is told its stations, and its uploads are taken. */
  serves: boolean;
  /** Listeners are sent to it, and its word counts against others'. */
  atWork: boolean;
  /**
   * How listeners are sent to it: by its weight, only for what nobody else has, the same if the station has nobody
   * else at all, or never.
   */
  routed: "by-weight" | "last-resort" | "if-alone" | "never";
  /** Who becomes studio: the lowest rank first; null never does. */
  studioRank: 0 | 1 | 2 | 3 | null;
};

export const POWERS: Record<OriginState, Powers> = {
  registering: { serves: false, atWork: false, routed: "never", studioRank: null },
  trial: { serves: true, atWork: false, routed: "if-alone", studioRank: 3 },
  active: { serves: true, atWork: true, routed: "by-weight", studioRank: 0 },
  suspect: { serves: true, atWork: true, routed: "by-weight", studioRank: 1 },
  draining: { serves: true, atWork: true, routed: "last-resort", studioRank: 2 },
  evicted: { serves: false, atWork: false, routed: "never", studioRank: null },
  reprovisioning: { serves: false, atWork: false, routed: "never", studioRank: null },
  failed: { serves: false, atWork: false, routed: "never", studioRank: null },
};

/** The states whose powers fulfil a condition. */
export function statesThat(fulfil: (powers: Powers) => boolean): OriginState[] {
  return (Object.keys(POWERS) as OriginState[]).filter((state) => fulfil(POWERS[state]));
}
