import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startAttentiveClock } from "./attentive-clock.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("The attentive clock", () => {
  it("goes with the monotonic one while the process is awake", () => {
    const { clock, stop } = startAttentiveClock({ now: Date.now, monotonic: () => Date.now() });
    const began = clock.monotonic();
    vi.advanceTimersByTime(10_050);
    expect(clock.monotonic() - began).toBe(10_050);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stands still while the process cannot hear, and never goes back", () => {
    let frozen = 0;
    const { clock, stop } = startAttentiveClock({ now: Date.now, monotonic: () => Date.now() + frozen });
    vi.advanceTimersByTime(1000);
    const before = clock.monotonic();
    frozen = 5000;
    const during = clock.monotonic();
    expect(during - before).toBeLessThanOrEqual(250);
    vi.advanceTimersByTime(200);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(during);
    expect(clock.monotonic() - before).toBeLessThanOrEqual(450);
    stop();
  });
});
