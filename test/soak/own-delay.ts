import type { Clock } from "../../kit/clock.ts";

/** How long this very process did not get to look: what waited for it meanwhile was not late. */
export type OwnDelay = {
  /** Ms that what arrives now may have waited here. */
  ms(): number;
  stop(): void;
};

const TICK_MS = 20;
/** What has queued up is read in several turns. */
const AFTERWARDS_MS = 100;

export function watchOwnDelay(clock: Clock): OwnDelay {
  let tickedAt = clock.monotonic();
  let delay = { ms: 0, endedAt: Number.NEGATIVE_INFINITY };
  const look = () => {
    const now = clock.monotonic();
    const ms = now - tickedAt - TICK_MS;
    tickedAt = now;
    if (ms > TICK_MS) delay = { ms, endedAt: now };
  };
  const timer = setInterval(look, TICK_MS);
  return {
    ms() {
      const now = clock.monotonic();
      if (now - tickedAt > 2 * TICK_MS) look();
      return now - delay.endedAt < AFTERWARDS_MS ? delay.ms : 0;
    },
    stop: () => clearInterval(timer),
  };
}
