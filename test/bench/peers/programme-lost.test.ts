import { expect, it } from "vitest";
import { lostBetween, type Seen } from "./programme-lost.ts";

/** Segments of 3 s, each seen when it is complete, from `from` (seconds) on. */
const segments = (from: number, count: number): Seen[] =>
  Array.from({ length: count }, (_, index) => ({ at: (from + 3 * (index + 1)) * 1000, seconds: 3 }));

it("finds nothing lost in a stream that keeps up with the clock", () => {
  expect(lostBetween(segments(0, 10), 12_000, 30_000)).toBe(0);
});

it("finds how much later the segments come after a hole, however short the last one before it was", () => {
  const seen = [...segments(0, 4), { at: 13_000, seconds: 1 }, ...segments(13.5, 4)];
  expect(lostBetween(seen, 12_000, 25_500)).toBeCloseTo(0.5);
});

it("does not tell where too few segments were seen", () => {
  expect(lostBetween(segments(0, 2), 6000, 6000)).toBeNaN();
});
