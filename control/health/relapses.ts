import type { Origin } from "../registry/registry.ts";
import type { HealthPolicy } from "./health-policy.ts";

type Past = Pick<Origin, "evictions" | "evictedAt">;

/** How many evictions still count against an origin: one is forgotten after each time of the policy. */
export function rememberedEvictions({ evictions, evictedAt }: Past, policy: HealthPolicy, now: number): number {
  if (evictedAt === null) return 0;
  return Math.max(0, evictions - Math.floor(Math.max(0, now - evictedAt) / Math.max(1, policy.relapseMemoryMs)));
}

/**
 * How long after its eviction an origin waits for its next trial, in ms. The first eviction costs but a pause, the
 * second the policy's wait, and each further one twice as much as the last. Counted as of the eviction itself, so that a wait
 * does not shrink while it lasts.
 */
export function trialWaitMs({ evictions }: Pick<Past, "evictions">, policy: HealthPolicy): number {
  if (evictions < 2) return policy.trialWaitMs;
  return Math.min(policy.relapseWaitMaxMs, policy.relapseWaitMs * 2 ** Math.min(evictions - 2, 30));
}
