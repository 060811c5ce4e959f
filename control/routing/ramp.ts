const STEPS = 10;

/**
 * The weight by which an origin is routed at `now`: from its admission on it rises in ten steps to its full one, so
 * that one which proves itself in small and fails in large harms few. Null: it was admitted before this was kept.
 */
export function rampedWeight(weight: number, activeSince: number | null, rampMs: number, now: number): number {
  if (activeSince === null || now - activeSince >= rampMs) return weight;
  const step = 1 + Math.floor((Math.max(0, now - activeSince) / rampMs) * STEPS);
  return (weight * step) / STEPS;
}
