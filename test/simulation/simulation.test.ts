import { describe, expect, it } from "vitest";
import { DEFAULT_RATES, randomFaults, type Scheduled } from "./faults.ts";
import { Random } from "./random.ts";
import {
  ALL_DEAD,
  CLOCK_OFF,
  CONTROL_AWAY,
  CUT_OFF_FROM_PEERS,
  DATABASE_AWAY,
  FAILING_EVERY_TRIAL,
  FLAPPING,
  OUTAGE_OF_FEBRUARY,
  OUTAGE_OF_MARCH,
  STUDIO_DIES_WITHOUT_CONTROL,
  TWO_OF_THREE_DEAD,
} from "./scenarios.ts";
import { originIds, World, type WorldOptions } from "./world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const simulate = (faults: readonly Scheduled[], options: Partial<WorldOptions> = {}) =>
  new World({ seed: 1, forMs: 2 * HOUR, faults, ...options }).run();

function simulateChance(seed: number, forMs: number, options: Partial<WorldOptions> = {}) {
  const faults = randomFaults(originIds(3), forMs, DEFAULT_RATES, new Random(seed));
  return simulate(faults, { seed, forMs, recreates: true, operatorAfterMs: HOUR, ...options });
}

describe("four weeks with faults by chance", () => {
  it.each([1, 2, 3])("are heard without a second of silence (seed %i)", async (seed) => {
    const report = await simulateChance(seed, 4 * WEEK);
    expect(report).toMatchObject({ stalledSeconds: 0, deadAirSeconds: 0, garbageSeconds: 0, violations: [] });
    expect(report.listenerHours).toBeGreaterThan(1300);
    expect(Math.min(report.evictions, report.readmissions, report.takeovers)).toBeGreaterThan(10);
    expect(report.reelSeconds).toBeLessThan(1200);
  });

  it("are the same again for the same seed, and others for another", async () => {
    const report = await simulateChance(4, WEEK);
    expect(await simulateChance(4, WEEK)).toEqual(report);
    expect(await simulateChance(5, WEEK)).not.toEqual({ ...report, seed: 5 });
  });
});

describe("the quiet hours", () => {
  it("may be leapt over: what happens is the same with them", async () => {
    const faults: Scheduled[] = [
      { atMs: HOUR / 3, fault: { kind: "killed", origin: "origin-1", forMs: 5 * 60_000 } },
      { atMs: HOUR, fault: { kind: "frozen", origin: "origin-2", forMs: 20_000 } },
    ];
    const leapt = await simulate(faults, { forMs: 1.5 * HOUR });
    expect(leapt.evictions).toBe(2);
    expect(await simulate(faults, { forMs: 1.5 * HOUR, leaps: false })).toEqual(leapt);
  });
});

describe("an outage of R2", () => {
  it.each([
    ["59 minutes of 2025-02-06, everything failing", OUTAGE_OF_FEBRUARY],
    ["67 minutes of 2025-03-21, writes and a third of the reads failing", OUTAGE_OF_MARCH],
  ])("as in the %s, is not heard: the programme goes on from the origins themselves", async (_name, faults) => {
    const report = await simulate(faults);
    expect(report).toMatchObject({ stalledSeconds: 0, reelSeconds: 0, violations: [] });
    expect(report).toMatchObject({ evictions: 0, failures: 0, takeovers: 0 });
  });
});

describe("a fleet", () => {
  it.each([
    ["control away for an hour", CONTROL_AWAY],
    ["D1 away for an hour", DATABASE_AWAY],
  ])("with %s goes on as if it were there", async (_name, faults) => {
    const report = await simulate(faults);
    expect(report).toMatchObject({ stalledSeconds: 0, reelSeconds: 0, takeovers: 0, evictions: 0, violations: [] });
  });

  it("whose studio restarts while control is away is heard from the reel for seconds", async () => {
    const report = await simulate(STUDIO_DIES_WITHOUT_CONTROL);
    expect(report).toMatchObject({ stalledSeconds: 0, violations: [] });
    expect(report.reelSeconds).toBeLessThan(60);
  });

  it("of three that are dead for an hour is heard from the reel for that hour, and then itself again", async () => {
    const report = await simulate(ALL_DEAD);
    expect(report).toMatchObject({ stalledSeconds: 0, violations: [] });
    expect(report.reelSeconds / 2).toBeGreaterThan(3500);
    expect(report.reelSeconds / 2).toBeLessThan(3660);
  });

  it("of which two of three die at once is heard from the third", async () => {
    const report = await simulate(TWO_OF_THREE_DEAD);
    expect(report).toMatchObject({ stalledSeconds: 0, violations: [] });
    expect(report.reelSeconds).toBeLessThan(30);
  });

  it("whose studios need ten seconds to begin lets them, and is heard from the reel no longer than that", async () => {
    const report = await simulate(CUT_OFF_FROM_PEERS, { studioStartMs: 10_000, forMs: HOUR / 2 });
    expect(report).toMatchObject({ stalledSeconds: 0, violations: [] });
    expect(report.takeovers).toBeLessThanOrEqual(3);
    expect(report.reelSeconds / 2).toBeLessThan(60);
  });

  it("with clocks five minutes off, one after the other, is heard as ever", async () => {
    const report = await simulate(CLOCK_OFF, { forMs: 3 * HOUR });
    expect(report).toMatchObject({ stalledSeconds: 0, violations: [] });
    expect(report.evictions).toBeGreaterThanOrEqual(6);
    expect(report.reelSeconds).toBeLessThan(60);
  });
});

describe("a node", () => {
  it("that flaps every minute for a day is readmitted five times at most", async () => {
    const report = await simulate(FLAPPING, { forMs: DAY });
    expect(report).toMatchObject({ stalledSeconds: 0, failures: 1, violations: [] });
    expect(report.readmissions).toBeGreaterThan(0);
    expect(report.readmissions).toBeLessThanOrEqual(5);
  });

  it("that fails every trial is tried three times, and serves nobody", async () => {
    const report = await simulate(FAILING_EVERY_TRIAL, { forMs: DAY });
    expect(report).toMatchObject({ failedTrials: 3, failures: 1, readmissions: 0, garbageSeconds: 0 });
  });
});
