/** Bounds of making nodes anew, in ms unless it says otherwise. */
export const PROVISIONING = {
  /** Time limit of one call of the far side, and of one recreation with all its calls. */
  callTimeoutMs: 10_000,
  totalTimeoutMs: 25_000,
  /** A lease that nobody ended is over after this; longer than a recreation can last. */
  leaseMs: 40_000,
  /** A node that was asked for is not asked for again sooner. */
  pauseMs: 30_000,
  /** In each window this many nodes are begun at most: a number. */
  windowMs: 30_000,
  perWindow: 2,
} as const;
