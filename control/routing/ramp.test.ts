import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rampedWeight } from "./ramp.ts";

const MINUTE = 60_000;

describe("the weight of an origin that was just admitted", () => {
  it("rises from a tenth to the whole in ten equal steps", () => {
    const weights = [0, 29_999, 30_000, 2.5 * MINUTE, 5 * MINUTE - 1, 5 * MINUTE].map((after) =>
      rampedWeight(50, 1000, 5 * MINUTE, 1000 + after),
    );
    expect(weights).toEqual([5, 5, 10, 30, 50, 50]);
  });

  it("is the whole at once when there is no ramp, or nobody knows when it was admitted", () => {
    expect(rampedWeight(80, 1000, 0, 1000)).toBe(80);
    expect(rampedWeight(80, null, 5 * MINUTE, 1000)).toBe(80);
  });

  it("never falls while time goes on, never is nothing unless it shall be, and never exceeds the whole", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.nat(600_000), fc.nat(600_000), (weight, after, more) => {
        const early = rampedWeight(weight, 0, 5 * MINUTE, after);
        const late = rampedWeight(weight, 0, 5 * MINUTE, after + more);
        expect(early).toBeGreaterThan(0);
        expect(late).toBeGreaterThanOrEqual(early);
        expect(late).toBeLessThanOrEqual(weight);
      }),
    );
    expect(rampedWeight(0, 0, 5 * MINUTE, 1)).toBe(0);
  });
});
