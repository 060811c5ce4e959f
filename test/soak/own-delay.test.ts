import { expect, test, vi } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { pause } from "../../kit/loop.ts";
import { watchOwnDelay } from "./own-delay.ts";

test("a process that was busy says for how long, and soon forgets it", async () => {
  const delay = watchOwnDelay(systemClock);
  try {
    await pause(30);
    const until = performance.now() + 300;
    while (performance.now() < until);
    expect(delay.ms()).toBeGreaterThan(200);
    await vi.waitFor(() => expect(delay.ms()).toBeLessThan(200), { timeout: 10_000 });
  } finally {
    delay.stop();
  }
});
