/** Time as a dependency: whoever needs it takes a clock, so that tests can hand in their own. */
export type Clock = {
  /** Wall time in Unix ms. It may step. */
  now(): number;
  /** Ms since some fixed moment. It never steps and never goes back. */
  monotonic(): number;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
