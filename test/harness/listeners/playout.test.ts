import { describe, expect, it } from "vitest";
import { Playout } from "./playout.ts";

describe("a playout", () => {
  it("does not stall while sound arrives before it is due", () => {
    const playout = new Playout();
    for (let second = 0; second < 10; second++) playout.arrived(1000 + second * 1000, second === 0 ? 3 : 1);
    expect(playout.stallsUntil(13_000)).toEqual([]);
    expect(playout.received).toBe(12);
  });

  it("stalls from the moment the last sound was played until more comes", () => {
    const playout = new Playout();
    playout.arrived(1000, 2);
    playout.arrived(3500, 1);
    expect(playout.stallsUntil(4000)).toEqual([{ at: 3000, seconds: 0.5 }]);
  });

  it("is late by the stall from then on", () => {
    const playout = new Playout();
    playout.arrived(1000, 2);
    playout.arrived(3500, 1);
    playout.arrived(4400, 1);
    expect(playout.stallsUntil(5400)).toHaveLength(1);
    expect(playout.stallsUntil(6000).at(-1)).toEqual({ at: 5500, seconds: 0.5 });
  });

  it("counts nothing before the first sound", () => {
    expect(new Playout().stallsUntil(99_000)).toEqual([]);
  });
});
