import type { Clock } from "../../kit/clock.ts";

const TICK_MS = 100;
/** What one tick may count: more than that, and this process was not there to hear anything. */
const MOST_MS = 250;

/**
 * A clock that stands still while this process does (frozen, starved, blocked): a host is not silent because we were
 * deaf, and what it sent meanwhile is still in the socket. Wall time is passed through.
 */
export function startAttentiveClock(clock: Clock): { clock: Clock; stop(): void } {
  let counted = 0;
  let tickedAt = clock.monotonic();
  const monotonic = () => counted + Math.min(clock.monotonic() - tickedAt, MOST_MS);
  const timer = setInterval(() => {
    counted = monotonic();
    tickedAt = clock.monotonic();
  }, TICK_MS);
  timer.unref();
  return { clock: { now: clock.now, monotonic }, stop: () => clearInterval(timer) };
}
