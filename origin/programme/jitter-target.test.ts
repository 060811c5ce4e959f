import { expect, it } from "vitest";
import { JitterTarget } from "./jitter-target.ts";

function msAfter(gapMs: number, calmMs = 0): number {
  const target = new JitterTarget();
  target.sawGap(gapMs);
  for (let ms = 0; ms < calmMs; ms += 20) {
    target.tick(20);
    target.sawGap(20);
  }
  return target.samples / 48;
}

it("queues 0.6 s on a smooth line", () => {
  expect(msAfter(40)).toBe(600);
});

it("queues so much that the longest gap leaves time to fade away", () => {
  expect(msAfter(700)).toBeGreaterThan(700 + 450);
  expect(msAfter(1900)).toBe(2500);
});

it("does not take an outage for jitter", () => {
  expect(msAfter(5000)).toBe(600);
});

it("forgets slowly", () => {
  expect(msAfter(700, 10_000)).toBeGreaterThan(1100);
  expect(msAfter(700, 180_000)).toBe(600);
});
