import type { PlannedRelay, StationPlan } from "../../contracts/plan.ts";
import type { Rundown } from "../../contracts/rundown/rundown.ts";
import type { Slot } from "../../contracts/slot.ts";
import { frameAt, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";

/** Time enough to connect and to fill the buffer, so that a relay begins in the first frame of its slot. */
const AHEAD_FRAMES = frameAt(15_000);

/** What is planned, as far as it concerns relays. */
export type RelayPlan = { plan: Pick<StationPlan, "relays" | "slots">; rundown: Pick<Rundown, "at"> };

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
export function wantedRelays(planned: RelayPlan, frame: number): WantedRelays {
  const { relays, slots } = planned.plan;
  const fit = relays.filter(({ isTrial }) => !isTrial);
  const byHand = fit.find(({ isOnAir }) => isOnAir) ?? null;
  const scheduled = slots
    .filter(({ from, until }) => from - AHEAD_FRAMES <= frame && frame < until)
    .flatMap((slot) => {
      const { content } = slot;
      const relay = content.kind === "relay" ? fit.find(({ id }) => id === content.relay) : undefined;
      return relay === undefined ? [] : [{ slot, relay }];
    });
  const onAir = byHand ?? scheduled.find(({ slot }) => beginningOf(slot, planned) <= frame)?.relay ?? null;
  const connected = new Set([...(onAir === null ? [] : [onAir]), ...scheduled.map(({ relay }) => relay)]);
  return { onAir, connected: [...connected], trial: relays.filter(({ isTrial }) => isTrial) };
}

/** A soft start waits for the track before it, unless it was not that track that was heard. */
function beginningOf(slot: Slot, { plan, rundown }: RelayPlan): number {
  const before = plan.slots.find(({ until }) => until === slot.from)?.content.kind;
  if (slot.start === "hard" || before === "relay" || before === "live") return slot.from;
  const start = slot.from * SAMPLES_PER_FRAME;
  const present = rundown.at(start, start + 1).find(({ from }) => from < start);
  return present === undefined ? slot.from : Math.ceil((present.until - present.fadeOut) / SAMPLES_PER_FRAME);
}
