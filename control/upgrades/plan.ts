import type { OriginId } from "../../contracts/names.ts";
import type { UpgradePhase } from "../db/upgrades.ts";
import type { HealthPolicy } from "../health/health-policy.ts";
import { POWERS } from "../health/states.ts";
import { UPGRADE } from "./policy.ts";
import { whyNotNow } from "./stand-ins.ts";
import { type FleetNow, IN_HAND, type Node, type OpenUpgrade, type Step } from "./upgrade.ts";

/** The one thing to do next. Each may be done twice without harm: what was done shows in the fleet, and is not done again. */
export type Action =
  | { do: "wait"; reason: string }
  /** The node is in this phase now. */
  | { do: "enter"; origin: OriginId; phase: UpgradePhase; reason: string }
  | { do: "drain" | "replace" | "readmit"; origin: OriginId }
  /** `origin` is whose step failed; null when none was in hand. */
  | { do: "halt"; origin: OriginId | null; reason: string }
  | { do: "finish" };

type Limits = Pick<HealthPolicy, "drainMs" | "trialMs" | "recreationMs">;

/**
 * How an upgrade goes on: one node at a time is drained, replaced, proven in trial and watched at work. None is taken out
 * while another is out of sorts, or while nobody else has audio. What is in hand goes on to its end whatever the state;
 * the next is begun only while it runs.
 */
export function planUpgrade(upgrade: OpenUpgrade, fleet: FleetNow, limits: Limits): Action {
  const inHand = upgrade.steps.find(({ phase }) => IN_HAND.has(phase));
  if (inHand) return goOn(inHand, upgrade, fleet, limits);
  if (upgrade.state !== "running") return wait(`it is ${upgrade.state}`);
  const waiting = upgrade.steps.filter(({ phase }) => phase === "waiting");
  if (waiting.length === 0) return { do: "finish" };
  return begin(waiting, upgrade, fleet);
}

const wait = (reason: string): Action => ({ do: "wait", reason });

function begin(waiting: readonly Step[], upgrade: OpenUpgrade, fleet: FleetNow): Action {
  if (!fleet.judging) return waitFor("control has not listened for long enough", upgrade, fleet);
  for (const step of waiting) {
    const reason = whyNotAtAll(step, upgrade, nodeOf(step, fleet));
    if (reason !== null) return { do: "enter", origin: step.origin, phase: "skipped", reason };
  }
  const next = waiting.toSorted((one, other) => studiosOf(one, fleet) - studiosOf(other, fleet))[0] as Step;
  const node = nodeOf(next, fleet) as Node;
  const obstacle = whyNotNow(node, fleet);
  if (obstacle === null) return { do: "enter", origin: next.origin, phase: "draining", reason: "its turn has come" };
  return waitFor(obstacle, upgrade, fleet);
}

/** Not for ever. */
function waitFor(obstacle: string, { stateSince, steps }: OpenUpgrade, { now }: FleetNow): Action {
  const lastChange = Math.max(stateSince, ...steps.map(({ phaseSince }) => phaseSince));
  if (now - lastChange <= UPGRADE.waitMs) return wait(obstacle);
  const reason = `for ${UPGRADE.waitMs / 60_000} minutes no node could be taken out: ${obstacle}`;
  return { do: "halt", origin: null, reason };
}

const nodeOf = ({ origin }: Step, { nodes }: FleetNow) => nodes.find(({ id }) => id === origin);
/** Studios come last, so that their stations move once, and to a node that is done. */
const studiosOf = (step: Step, fleet: FleetNow) => nodeOf(step, fleet)?.studios ?? 0;

function whyNotAtAll(step: Step, { rollbackOf }: OpenUpgrade, node: Node | undefined): string | null {
  if (!node) return "there is no such origin any more";
  const isOurs = step.replacedAt !== null || rollbackOf !== null;
  if (node.held && !isOurs) return "somebody has taken it out by hand";
  if (!POWERS[node.state].serves && !node.isHeard && !isOurs) return `it is ${node.state}, and is not heard`;
  const isThere = step.toVersion !== null && node.version === step.toVersion && node.image === step.toImage;
  return isThere && POWERS[node.state].serves ? `it runs ${node.version} already` : null;
}

function goOn(step: Step, upgrade: OpenUpgrade, fleet: FleetNow, limits: Limits): Action {
  const node = nodeOf(step, fleet);
  if (!node) return { do: "enter", origin: step.origin, phase: "skipped", reason: "there is no such origin any more" };
  if (step.phase === "draining") return goOnDraining(step, node, fleet, limits);
  if (step.phase === "replacing") return goOnReplacing(step, node, fleet, limits);
  return goOnProving(step, node, upgrade, fleet, limits);
}

function goOnDraining(step: Step, node: Node, { now }: FleetNow, { drainMs }: Limits): Action {
  const { id: origin, state, stateSince } = node;
  const halt = (reason: string): Action => ({ do: "halt", origin, reason });
  if (state === "draining") {
    if (now - stateSince > drainMs + UPGRADE.marginMs) return halt("it could not be taken out: nobody else has audio");
    return wait(`${origin} drains`);
  }
  if (POWERS[state].serves) {
    if (now - step.phaseSince > drainMs + UPGRADE.marginMs) return halt("it could not be taken out");
    return { do: "drain", origin };
  }
  if (node.stepsOpen) return wait(`the routing without ${origin} is not published yet`);
  if (now < step.dueAt) return wait(step.reason ?? "it is not its turn to be made anew");
  if (now - Math.max(stateSince, step.phaseSince) > UPGRADE.retriesMs) {
    return halt(`its node could not be made anew: ${step.reason ?? "nobody answered"}`);
  }
  return { do: "replace", origin };
}

function goOnReplacing(step: Step, node: Node, { now }: FleetNow, { recreationMs }: Limits): Action {
  const { id: origin, state, version } = node;
  const askedAt = step.replacedAt ?? step.phaseSince;
  if (node.registeredAt <= askedAt || !node.isHeard) {
    const deadline = Math.max(askedAt + recreationMs, step.dueAt);
    if (now <= deadline) return wait(step.reason ?? `the new process of ${origin} is not heard yet`);
    return { do: "halt", origin, reason: `no new process was heard within ${(deadline - askedAt) / 1000} s` };
  }
  if (step.toVersion !== null && version !== step.toVersion) {
    return { do: "halt", origin, reason: `it came back as ${version}, not as ${step.toVersion}` };
  }
  if (!POWERS[state].serves && state !== "registering") return { do: "readmit", origin };
  return { do: "enter", origin, phase: "proving", reason: `the new process, ${version}, is on trial` };
}

function goOnProving(step: Step, node: Node, upgrade: OpenUpgrade, { now }: FleetNow, { trialMs }: Limits): Action {
  const { id: origin, state, activeSince } = node;
  if (state === "active" && activeSince !== null) {
    if (now - activeSince < upgrade.settleMs) return wait(`${origin} is watched at work`);
    return { do: "enter", origin, phase: "done", reason: `${node.version} is at work` };
  }
  if (!POWERS[state].serves && state !== "registering")
    return { do: "halt", origin, reason: `it did not prove itself: it is ${state}` };
  const patience = trialMs + upgrade.settleMs + UPGRADE.marginMs;
  if (now - step.phaseSince > patience)
    return { do: "halt", origin, reason: `it is ${state} after ${patience / 1000} s` };
  return wait(`${origin} is ${state}`);
}
