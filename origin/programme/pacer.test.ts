import { expect, it } from "vitest";
import { createPacer } from "./pacer.ts";

function stepClock() {
  const time = { wall: 1_000_000, monotonic: 5 };
  return {
    time,
    clock: { now: () => time.wall, monotonic: () => time.monotonic },
    pass(ms: number) {
      time.wall += ms;
      time.monotonic += ms;
    },
  };
}

it("starts at wall time and runs with it", () => {
  const { clock, pass } = stepClock();
  const pacer = createPacer(clock);
  expect(pacer.now()).toBe(1_000_000);
  pass(20);
  expect(pacer.now()).toBe(1_000_020);
});

it.each([
  ["forward", 3000],
  ["back", -3000],
])("never steps when wall time steps %s, but drifts to it by 0.5 ms a second", (_, step) => {
  const { clock, pass, time } = stepClock();
  const pacer = createPacer(clock);
  time.wall += step;
  let last = pacer.now();
  for (let second = 0; second < 100; second++) {
    pass(1000);
    const now = pacer.now();
    expect(now - last).toBeCloseTo(1000 + Math.sign(step) * 0.5, 6);
    last = now;
  }
});

it("arrives at wall time and stays there", () => {
  const { clock, pass, time } = stepClock();
  const pacer = createPacer(clock);
  time.wall += 2;
  for (let second = 0; second < 5; second++) {
    pass(1000);
    pacer.now();
  }
  expect(pacer.now()).toBeCloseTo(time.wall, 6);
});
