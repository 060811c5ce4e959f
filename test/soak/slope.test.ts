import { expect, test } from "vitest";
import { slopeOf } from "./slope.ts";

/** Pseudo-random numbers about zero, the same each time. */
function noise(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  });
}

const minutes = (values: readonly number[]) => values.map((value, minute) => ({ seconds: minute * 60, value }));

test("a straight line is found, and nothing is unsure about it", () => {
  const slope = slopeOf(minutes(Array.from({ length: 60 }, (_, minute) => 100 + 2 * minute)));
  expect(slope?.perHour).toBeCloseTo(120, 9);
  expect(slope?.margin).toBeCloseTo(0, 6);
});

test("noise without a slope is within the margin", () => {
  const slope = slopeOf(minutes(noise(60, 7)));
  expect(Math.abs(slope?.perHour ?? Number.NaN)).toBeLessThan(slope?.margin ?? 0);
});

test("a slope beneath the noise is found", () => {
  const slope = slopeOf(minutes(noise(120, 3).map((value, minute) => value + minute * 0.05)));
  expect(slope?.perHour).toBeGreaterThan(3 - (slope?.margin ?? 0));
  expect(slope?.perHour).toBeLessThan(3 + (slope?.margin ?? 0));
  expect(slope?.margin).toBeLessThan(1);
});

test("values that cling to the one before make it less sure", () => {
  let value = 0;
  const walk = noise(120, 5).map((step) => (value = 0.95 * value + step));
  const shuffled = walk.map((_, place) => walk[(place * 53) % walk.length] ?? 0);
  expect(slopeOf(minutes(walk))?.margin).toBeGreaterThan(2 * (slopeOf(minutes(shuffled))?.margin ?? Number.NaN));
});

test("less than ten points say nothing", () => {
  expect(slopeOf(minutes([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toBeNull();
});
