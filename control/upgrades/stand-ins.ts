import type { OriginState } from "../../contracts/fleet.ts";
import { POWERS } from "../health/states.ts";
import { UPGRADE } from "./policy.ts";
import type { FleetNow, Node } from "./upgrade.ts";

const UNSETTLED: ReadonlySet<OriginState> = new Set(["registering", "trial", "suspect", "draining", "reprovisioning"]);

/** While one is, no other is taken out. One that was lost long ago is on its way nowhere. */
function isOnItsWay({ state, held, isHeard, stateSince }: Node, now: number): boolean {
  if (!UNSETTLED.has(state) && (state !== "evicted" || held)) return false;
  return POWERS[state].serves || isHeard || now - stateSince <= UPGRADE.lostMs;
}

/** Why a node cannot be taken out at this moment; null when it can. One that does no work is missed by nobody. */
export function whyNotNow(node: Node, { now, nodes }: FleetNow): string | null {
  if (node.state === "suspect") return `${node.id} is suspect`;
  const others = nodes.filter(({ id }) => id !== node.id);
  const unsettled = others.find((other) => isOnItsWay(other, now));
  if (unsettled) return `${unsettled.id} is ${unsettled.state}`;
  if (!POWERS[node.state].serves) return null;
  if (node.othersWithAudio === 0) return `nobody but ${node.id} has fresh audio of each of its stations`;
  const able = others.filter(({ state, isHeard }) => isHeard && state === "active");
  const missing = node.roles.find((role) => !able.some(({ roles }) => roles.includes(role)));
  return missing === undefined ? null : `nobody else at work could be ${missing}`;
}
