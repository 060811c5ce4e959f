import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog } from "./log.ts";
import { pause, startLoop } from "./loop.ts";

const silent = createLog({ write: () => {} });
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("A loop", () => {
  it("pauses between the end of one step and the start of the next", async () => {
    const starts: number[] = [];
    const step = async (signal: AbortSignal) => {
      starts.push(Date.now());
      await pause(50, signal);
    };
    const loop = startLoop("test", 100, step, silent);
    const begin = Date.now();
    await vi.advanceTimersByTimeAsync(320);
    expect(starts.map((at) => at - begin)).toEqual([0, 150, 300]);
    await loop.stop();
  });

  it("goes on after a step that throws, and says so", async () => {
    const lines: string[] = [];
    let steps = 0;
    const loop = startLoop(
      "brittle",
      10,
      async () => {
        steps++;
        throw new Error("broke");
      },
      createLog({ write: (line) => lines.push(line) }),
    );
    await vi.advanceTimersByTimeAsync(35);
    expect(steps).toBe(4);
    expect(lines[0]).toContain('"error":"Error: broke"');
    await loop.stop();
  });

  it("ends at once when stopped, after the step that is under way", async () => {
    let ended = false;
    const loop = startLoop(
      "long",
      10,
      async (signal) => {
        await pause(60_000, signal);
        ended = true;
      },
      silent,
    );
    await vi.advanceTimersByTimeAsync(1);
    await loop.stop();
    expect(ended).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
