import type { Clock } from "../../kit/clock.ts";

/** 0.5 ms in a second: below what a listener, a player or a decoder notices. */
const MAX_SLEW = 0.0005;

export type Pacer = {
  /** Programme time now, in Unix ms: it never steps, and drifts gently to wall time. */
  now(): number;
};

/** A monotonic clock that starts at wall time and is slewed to it by at most 0.5 ms a second. */
export function createPacer(clock: Clock): Pacer {
  let last = clock.monotonic();
  let offset = clock.now() - last;
  return {
    now() {
      const monotonic = clock.monotonic();
      const error = clock.now() - (monotonic + offset);
      const most = (monotonic - last) * MAX_SLEW;
      offset += Math.max(-most, Math.min(most, error));
      last = monotonic;
      return monotonic + offset;
    },
  };
}
