import type { StationPlan } from "../../contracts/plan.ts";
import type { Slot } from "../../contracts/slot.ts";
import { frameAt } from "../../contracts/timeline.ts";

export type LiveHost = {
  keyId: string;
  /** Frame in which the host was first on air with this connection; null: not yet. */
  heardSince: number | null;
};

/**
 * Whether the schedule lets a host be on air in `frame`; the station's `liveAllowed` has its say besides. A live slot is
 * for the keys that it lists, or for all. Who was on air at its end may stay for its overrun, and is then off until the
 * next slot that is for him, or until he connects anew. In all other slots and between them, live goes before what is
 * scheduled, as it always does.
 */
export function mayGoLive(plan: Pick<StationPlan, "slots">, frame: number, host: LiveHost): boolean {
  const present = plan.slots.find(({ from, until }) => from <= frame && frame < until);
  if (present !== undefined && isFor(present, host)) return true;
  const outrun = plan.slots.findLast((slot) => slot.until <= frame && isFor(slot, host));
  if (outrun !== undefined && host.heardSince !== null && host.heardSince < outrun.until)
    return frame < outrun.until + overrunOf(outrun);
  return present?.content.kind !== "live";
}

function isFor({ content }: Slot, { keyId }: LiveHost): boolean {
  return content.kind === "live" && (content.keys.length === 0 || content.keys.includes(keyId));
}

/** In frames. */
function overrunOf({ content }: Slot): number {
  return content.kind === "live" ? frameAt(content.overrunMinutes * 60_000) : 0;
}
