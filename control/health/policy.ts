/** Times and bounds of control's own work, in ms unless it says otherwise. What it judges origins by: health-policy.ts. */
export const POLICY = {
  /** Pause between two sweeps of the fleet. */
  sweepMs: 1000,
  /** Only an origin silent for longer may be taken over by someone who has but the enrolment token. */
  enrolSilentMs: 10_000,
  /** The registry is read anew at least this often, should a change not have been told. */
  reloadMs: 30_000,
  /** The object in R2 is compared with what was published this often. */
  routingCheckMs: 10_000,
  /** Time limits of one D1 call, one R2 call, and one call of the monitor by the API. */
  databaseTimeoutMs: 4000,
  bucketTimeoutMs: 4000,
  monitorTimeoutMs: 6000,
  /** How long incidents are kept. */
  incidentsKeptMs: 90 * 86_400_000,
  /** Reported incidents that may wait for D1; a number. */
  incidentsWaiting: 1000,
} as const;
