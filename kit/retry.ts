/** Ms to wait before attempt `attempt` (0 for the first repetition): exponential, bounded, with full jitter above half. */
export function backoff(
  attempt: number,
  policy: { firstMs: number; maxMs: number },
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(policy.maxMs, policy.firstMs * 2 ** Math.min(attempt, 30));
  return ceiling / 2 + (random() * ceiling) / 2;
}
