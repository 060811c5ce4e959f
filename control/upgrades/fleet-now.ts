import type { OriginId } from "../../contracts/names.ts";
import type { Facts } from "../health/facts.ts";
import type { HealthPolicy } from "../health/health-policy.ts";
import type { Registry } from "../registry/registry.ts";
import type { FleetNow } from "./upgrade.ts";

/** The fleet as upgrades look at it; `now` is Unix ms. */
export function fleetNow(
  { origins, stations }: Registry,
  factsOf: (id: OriginId) => Facts | undefined,
  policy: HealthPolicy,
  now: number,
): FleetNow {
  const nodes = origins.map((origin) => {
    const facts = factsOf(origin.id);
    return {
      ...origin,
      isHeard: (facts?.silentMs ?? Number.POSITIVE_INFINITY) <= policy.suspectSilentMs,
      studios: stations.filter(({ studio }) => studio === origin.id).length,
      othersWithAudio: facts?.othersWithAudio ?? 0,
    };
  });
  return { now, judging: origins.some(({ id }) => factsOf(id)?.judging), nodes };
}
