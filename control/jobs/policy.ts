/** Bounds of preparation jobs, in ms unless it says otherwise. */
export const JOBS = {
  /** How long a job is an origin's after each word of it. */
  leaseMs: 60_000,
  /** Tries at one file: a number. */
  attempts: 3,
  /** How long jobs that are over are kept. */
  keptMs: 30 * 86_400_000,
  /** Time limit of a part of a prepared file, and of putting one in its place. */
  transferTimeoutMs: 300_000,
  /** Leases that are looked after at once, and jobs that are forgotten at once: numbers. */
  perSweep: 20,
  perPruning: 100,
} as const;
