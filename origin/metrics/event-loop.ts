import type { Clock } from "../../kit/clock.ts";
import { Histogram } from "../../kit/metrics/histogram.ts";
import type { Distribution } from "../../kit/metrics/metric.ts";

const EVERY_MS = 100;
const BOUNDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];

/** Watches how late a timer comes: the frames that are due every 21 ms come no sooner. */
export function watchEventLoop(clock: Clock): { delays(): Distribution; stop(): void } {
  const delays = new Histogram(BOUNDS);
  let dueAt = clock.monotonic() + EVERY_MS;
  const timer = setInterval(() => {
    const now = clock.monotonic();
    delays.observe(Math.max(0, now - dueAt) / 1000);
    dueAt = now + EVERY_MS;
  }, EVERY_MS);
  timer.unref();
  return { delays: () => delays.distribution(), stop: () => clearInterval(timer) };
}
