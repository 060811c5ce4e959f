import type { OriginState } from "../../contracts/fleet.ts";

/** What an origin may do in a state. Everything that follows from a state follows from this table. */
export type Powers = {
  /** It is told its stations, and its uploads are taken. */
  serves: boolean;
  /** How listeners are sent to it: by its weight, only when nobody else has a segment, or never. */
  routed: "by-weight" | "last-resort" | "never";
  /** Who becomes studio: the lowest rank first; null never does. */
  studioRank: 0 | 1 | 2 | null;
};

export const POWERS: Record<OriginState, Powers> = {
  registering: { serves: false, routed: "never", studioRank: null },
  trial: { serves: true, routed: "never", studioRank: null },
  active: { serves: true, routed: "by-weight", studioRank: 0 },
  suspect: { serves: true, routed: "by-weight", studioRank: 1 },
  draining: { serves: true, routed: "last-resort", studioRank: 2 },
  evicted: { serves: false, routed: "never", studioRank: null },
  reprovisioning: { serves: false, routed: "never", studioRank: null },
  failed: { serves: false, routed: "never", studioRank: null },
};

/** The states whose powers fulfil a condition. */
export function statesThat(fulfil: (powers: Powers) => boolean): OriginState[] {
  return (Object.keys(POWERS) as OriginState[]).filter((state) => fulfil(POWERS[state]));
}
