import type { PlannedRelay, StationPlan } from "../../contracts/plan.ts";
import { frameAt } from "../../contracts/timeline.ts";

/** Time enough to connect and to fill the buffer, so that a relay begins in the first frame of its slot. */
const AHEAD_FRAMES = frameAt(15_000);

export type WantedRelays = {
  /** What the programme is to relay now. */
  onAir: PlannedRelay | null;
  /** What has to be connected: what is on air, and what will be soon. */
  connected: PlannedRelay[];
  /** What is only to be measured. */
  trial: PlannedRelay[];
};

/**
 * What a plan says of relays in `frame`. One that was put on air by hand goes before the schedule; one on trial is never
 * on air, whatever names it.
 */
export function wantedRelays({ relays, slots }: Pick<StationPlan, "relays" | "slots">, frame: number): WantedRelays {
  const fit = relays.filter(({ isTrial }) => !isTrial);
  const byHand = fit.find(({ isOnAir }) => isOnAir) ?? null;
  const scheduled = slots
    .filter(({ from, until }) => from - AHEAD_FRAMES <= frame && frame < until)
    .flatMap(({ from, content }) => {
      const relay = content.kind === "relay" ? fit.find(({ id }) => id === content.relay) : undefined;
      return relay === undefined ? [] : [{ from, relay }];
    });
  const onAir = byHand ?? scheduled.find(({ from }) => from <= frame)?.relay ?? null;
  const connected = new Set([...(onAir === null ? [] : [onAir]), ...scheduled.map(({ relay }) => relay)]);
  return { onAir, connected: [...connected], trial: relays.filter(({ isTrial }) => isTrial) };
}
