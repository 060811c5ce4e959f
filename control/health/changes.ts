import type { OriginState } from "../../contracts/fleet.ts";
import type { Origin } from "../registry/registry.ts";
import type { HealthPolicy } from "./health-policy.ts";
import type { Transition } from "./machine.ts";
import { rememberedEvictions } from "./relapses.ts";
import { POWERS } from "./states.ts";

/** What a transition writes into the origin's row. */
export type Changes = Pick<Origin, "state" | "stateSince"> &
  Partial<Pick<Origin, "activeSince" | "evictions" | "evictedAt" | "tries" | "held">>;

export function changesOf(
  origin: Pick<Origin, "state" | "evictions" | "evictedAt" | "tries">,
  transition: Pick<Transition, "to" | "failedTry">,
  policy: HealthPolicy,
  now: number,
): Changes {
  const { state: from } = origin;
  const { to } = transition;
  return {
    state: to,
    stateSince: now,
    ...(isAdmission(from, to) ? { activeSince: now, tries: 0 } : {}),
    ...(transition.failedTry ? { tries: origin.tries + 1 } : {}),
    ...(from === "failed" ? { tries: 0 } : {}),
    ...(leavesWork(from, to) ? { activeSince: null } : {}),
    ...(from === "draining" ? { held: true } : {}),
    ...(isOut(to) && from !== "draining"
      ? { evictedAt: now, evictions: rememberedEvictions(origin, policy, now) + 1 }
      : {}),
  };
}

const isOut = (state: OriginState) => state === "evicted" || state === "failed";

/** From now on listeners are sent to it. */
export const isAdmission = (from: OriginState, to: OriginState) => from === "trial" && to === "active";

/** From now on none are. */
export const leavesWork = (from: OriginState, to: OriginState) => POWERS[from].serves && !POWERS[to].serves;
