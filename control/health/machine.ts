import type { OriginState } from "../../contracts/fleet.ts";
import type { Origin } from "../registry/registry.ts";
import type { Facts } from "./facts.ts";
import type { HealthPolicy } from "./health-policy.ts";
import { rememberedEvictions, trialWaitMs } from "./relapses.ts";
import { signsOf } from "./signs.ts";

/** What the machine needs to know of an origin's past. */
export type Record = Pick<
  Origin,
  "state" | "stateSince" | "registeredAt" | "evictions" | "evictedAt" | "tries" | "held" | "stepsOpen"
>;

export type Transition = {
  to: OriginState;
  reason: string;
  /** Why it is more than a change of state: a try at bringing the node back has failed. */
  failedTry?: true;
};

/**
 * What becomes of an origin, or null while it stays what it is. `now` is Unix ms. Nobody is taken out unless another
 * origin at work has fresh audio (invariant 8), and nothing but good news is believed while control may not judge.
 */
export function decide(origin: Record, facts: Facts, policy: HealthPolicy, now: number): Transition | null {
  return MACHINE[origin.state](origin, facts, policy, now);
}

type Rule = (origin: Record, facts: Facts, policy: HealthPolicy, now: number) => Transition | null;

const isHeard = (facts: Facts, policy: HealthPolicy) => facts.silentMs <= policy.suspectSilentMs;
const mayLeave = (facts: Facts) => facts.judging && facts.othersWithAudio > 0;

const registering: Rule = (_origin, facts, policy) =>
  isHeard(facts, policy) ? { to: "trial", reason: "it is heard" } : null;

const trial: Rule = (origin, facts, policy, now) => {
  const proven = facts.provenSegments ?? 0;
  const gravest = signsOf(facts, policy).find(({ grave }) => grave);
  if (proven >= policy.proofSegments && !gravest) {
    return { to: "active", reason: `${proven} segments in a row prove it` };
  }
  if (!mayLeave(facts)) return null;
  const isSlow = now - origin.stateSince > policy.trialMs;
  if (isSlow) return triedInVain(origin, policy, `no proof in ${policy.trialMs / 1000} s: ${proven} segments in a row`);
  const isGone = facts.silentMs > policy.deadSilentMs && facts.othersHeard;
  if (isGone || isAtLastRung(facts, policy)) return triedInVain(origin, policy, gravest?.reason ?? "it is gone");
  return null;
};

const isAtLastRung = ({ rung }: Facts, policy: HealthPolicy) => rung !== null && policy.lastRungs.includes(rung);

function triedInVain(origin: Record, policy: HealthPolicy, reason: string): Transition {
  const tries = origin.tries + 1;
  const to = tries >= policy.tries ? "failed" : "evicted";
  return { to, reason: `${reason} (try ${tries} of ${policy.tries})`, failedTry: true };
}

const active: Rule = (origin, facts, policy, now) => {
  const [sign] = facts.judging ? signsOf(facts, policy) : [];
  if (!sign) return null;
  return evictionFor(sign.grave, sign.reason, origin, facts, policy, now) ?? { to: "suspect", reason: sign.reason };
};

const suspect: Rule = (origin, facts, policy, now) => {
  if (!facts.judging) return null;
  const [sign] = signsOf(facts, policy);
  if (sign) return evictionFor(sign.grave, sign.reason, origin, facts, policy, now);
  return now - origin.stateSince >= policy.clearMs
    ? { to: "active", reason: "nothing speaks against it any more" }
    : null;
};

function evictionFor(
  isGrave: boolean,
  reason: string,
  origin: Record,
  facts: Facts,
  policy: HealthPolicy,
  now: number,
): Transition | null {
  if (!isGrave || !mayLeave(facts)) return null;
  const evictions = rememberedEvictions(origin, policy, now) + 1;
  if (evictions <= policy.relapses) return { to: "evicted", reason };
  return { to: "failed", reason: `${reason}; it was evicted ${evictions} times of late` };
}

const evicted: Rule = (origin, facts, policy, now) => {
  if (origin.held || origin.stepsOpen) return null;
  if (!isHeard(facts, policy) || isAtLastRung(facts, policy)) return null;
  return mayTry(origin, facts, policy, now) ? { to: "trial", reason: "it is heard and may try again" } : null;
};

const mayTry: (...given: Parameters<Rule>) => boolean = (origin, facts, policy, now) =>
  isNeeded(facts) || now - (origin.evictedAt ?? 0) >= trialWaitMs(origin, policy);

/** Nobody else has audio: better one of ill repute than silence. */
const isNeeded = (facts: Facts) => facts.judging && facts.othersWithAudio === 0;

const reprovisioning: Rule = (origin, facts, policy, now) => {
  if (origin.stepsOpen) return null;
  const isRecreated = origin.registeredAt > origin.stateSince;
  const isOverdue = now - origin.stateSince > policy.recreationMs;
  if (isHeard(facts, policy) && !isAtLastRung(facts, policy) && (isRecreated || isOverdue || isNeeded(facts))) {
    return mayTry(origin, facts, policy, now) ? { to: "trial", reason: "the new node is heard" } : null;
  }
  if (!isOverdue || !mayLeave(facts)) return null;
  return triedInVain(origin, policy, `the node did not come back within ${policy.recreationMs / 1000} s`);
};

const failed: Rule = (origin, facts, policy) => {
  if (origin.held || !isNeeded(facts) || !isHeard(facts, policy) || isAtLastRung(facts, policy)) return null;
  return { to: "trial", reason: "it is heard, and nobody else has audio" };
};

const draining: Rule = (origin, facts, policy, now) =>
  now - origin.stateSince >= policy.drainMs && mayLeave(facts)
    ? { to: "evicted", reason: "it has drained: no playlist names its segments any more" }
    : null;

const MACHINE: { [State in OriginState]: Rule } = {
  registering,
  trial,
  active,
  suspect,
  evicted,
  reprovisioning,
  failed,
  draining,
};
