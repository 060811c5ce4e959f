/**
 * Several faults in a row on one fleet: what an origin did a minute ago is not held against it, as it would be in a real
 * one, and it is admitted at full weight.
 */
export const FORGIVING = {
  trialWaitMs: 1000,
  relapseWaitMs: 1000,
  relapseWaitMaxMs: 1000,
  evictWindowMs: 1000,
  relapses: 20,
  rampMs: 1000,
};
