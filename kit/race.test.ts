import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TimeoutError, withTimeout } from "./race.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("Work with a time limit", () => {
  it("gives its own result, and leaves no timer behind", async () => {
    expect(await withTimeout(1000, "the work", async () => 5)).toBe(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails by the limit, named, and is told to end", async () => {
    let told: unknown;
    const late = withTimeout(
      1000,
      "the work",
      (signal) => new Promise(() => signal.addEventListener("abort", () => (told = signal.reason))),
    );
    const failed = expect(late).rejects.toThrow(new TimeoutError("the work took longer than 1000 ms"));
    await vi.advanceTimersByTimeAsync(1000);
    await failed;
    expect(told).toBeInstanceOf(TimeoutError);
  });

  it("fails by its own error when that comes first", async () => {
    await expect(withTimeout(1000, "the work", async () => Promise.reject(new Error("own")))).rejects.toThrow("own");
    expect(vi.getTimerCount()).toBe(0);
  });
});
