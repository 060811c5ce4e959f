import { describe, expect, it } from "vitest";
import { ProgressWatch } from "./progress.ts";

function watch(...positions: [at: number, position: number][]): ProgressWatch {
  const progress = new ProgressWatch();
  for (const [at, position] of positions) progress.at(at, position);
  return progress;
}

describe("the progress of a player", () => {
  it("begins with its first move, not with its first position", () => {
    const progress = watch([1000, 0], [3000, 0], [3100, 8.1], [3200, 8.2]);
    expect(progress.began).toBe(3100);
    expect(progress.stallsUntil(3300)).toEqual([]);
    expect(progress.jumps).toEqual([]);
    expect(progress.advanced).toBeCloseTo(0.1);
  });

  it("stalls where the position stands still for more than 0.3 s", () => {
    const progress = watch([1000, 0], [1100, 0.1], [1300, 0.3], [1500, 0.3], [2000, 0.3], [2100, 0.4]);
    expect(progress.stallsUntil(2200)).toEqual([{ at: 1300, seconds: 0.8 }]);
  });

  it("stalls also when the player says nothing any more", () => {
    expect(watch([1000, 0], [1100, 0.1]).stallsUntil(2100)).toEqual([{ at: 1100, seconds: 1 }]);
  });

  it("jumps where the position moves by more than the time that passed", () => {
    const progress = watch([1000, 0], [1100, 0.1], [1200, 3.2], [1300, 3.3]);
    expect(progress.jumps).toEqual([{ at: 1200, seconds: expect.closeTo(3) }]);
    expect(progress.advanced).toBeCloseTo(0.1);
  });
});
