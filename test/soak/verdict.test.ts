import { expect, test } from "vitest";
import type { Sample } from "./sample.ts";
import { figuresOf, judge } from "./verdict.ts";

const MEBIBYTE = 1 << 20;

type Change = (minute: number) => {
  anonymous?: number;
  oomKills?: number;
  late?: number;
  isLive?: boolean;
  cpu?: number;
};

/** Two hours of a node that does well, but for the change. */
function soak(change: Change = () => ({})): Sample[] {
  return Array.from({ length: 121 }, (_, minute) => {
    const { anonymous = 40 * MEBIBYTE, oomKills = 0, late = 0, isLive = false, cpu = 0.1 } = change(minute);
    return {
      seconds: minute * 60,
      counters: {
        anonymous,
        cache: 80 * MEBIBYTE,
        limitHits: minute,
        oomKills,
        majorFaults: 50,
        cpuSeconds: minute * 60 * cpu,
        throttledPeriods: 0,
        throttledSeconds: 0,
      },
      node: { resident: 90 * MEBIBYTE, anonymous: 34 * MEBIBYTE, waitedSeconds: minute },
      ffmpeg: { processes: 3, resident: 27 * MEBIBYTE, anonymous: 6 * MEBIBYTE },
      healthProblem: null,
      segmentsBehind: 2,
      isLive,
      punctuality: { frames: 2812, missing: 0, late, worstMs: 200 },
    };
  });
}

const broken = (samples: Sample[], twin: Sample[] | null = null) =>
  judge(figuresOf(samples), twin === null ? null : figuresOf(twin), {
    minutes: 120,
    anonymousBytes: 64 * MEBIBYTE,
  })
    .filter(({ holds }) => !holds)
    .map(({ claim }) => claim);

test("a node that does well keeps all it has promised", () => {
  expect(broken(soak(), soak())).toEqual([]);
});

test("a node that ended before the time was over has not kept its promise", () => {
  expect(broken(soak().slice(0, 100))).toEqual(["it ran for 120 minutes"]);
});

test("one kill, one late frame and a peak of memory are each told", () => {
  expect(broken(soak((minute) => (minute >= 60 ? { oomKills: 1 } : {})))).toEqual([
    "nothing was killed for want of memory",
  ]);
  expect(broken(soak((minute) => (minute === 60 ? { late: 1 } : {})))).toEqual(["no frame was late"]);
  expect(broken(soak((minute) => (minute === 60 ? { anonymous: 65 * MEBIBYTE } : {})))).toEqual([
    "anonymous memory at most 64.0 MiB",
  ]);
});

test("memory that grows by a mebibyte an hour is told", () => {
  expect(broken(soak((minute) => ({ anonymous: (40 + minute / 60) * MEBIBYTE })))).toEqual([
    "anonymous memory does not grow",
  ]);
});

test("what a host on the air takes, and what the start takes, is not growth", () => {
  const change: Change = (minute) =>
    minute < 12
      ? { anonymous: (30 + minute) * MEBIBYTE }
      : minute > 90
        ? { isLive: true, anonymous: 45 * MEBIBYTE }
        : {};
  expect(broken(soak(change))).toEqual([]);
});

test("a tenth more processor time than the twin is allowed, and not more", () => {
  expect(
    broken(
      soak(() => ({ cpu: 0.109 })),
      soak(),
    ),
  ).toEqual([]);
  expect(
    broken(
      soak(() => ({ cpu: 0.112 })),
      soak(),
    ),
  ).toEqual(["no more processor time than without limits, and 10 %"]);
});
