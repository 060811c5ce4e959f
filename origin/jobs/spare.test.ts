import { describe, expect, it } from "vitest";
import { MAX_PREPARED_BYTES } from "../../contracts/jobs.ts";
import { createBusyShare } from "./busy-share.ts";
import { MAX_CHILD_MEMORY } from "./limits.ts";
import { keepsItsJob, type NodeLoad, spareFor } from "./spare.ts";

const GB = 1 << 30;
const IDLE: NodeLoad = {
  rung: "well",
  busy: 0.1,
  studios: 0,
  memory: { usedBytes: 0, limitBytes: null },
  freeMemoryBytes: GB,
  freeDiskBytes: 20 * GB,
};

describe("A node", () => {
  it("with nothing to do has all that a job may have", () => {
    expect(spareFor(IDLE)).toEqual({ memory: MAX_CHILD_MEMORY, fileBytes: MAX_PREPARED_BYTES });
  });

  it("of 128 MB has enough for a job beside one programme", () => {
    const memory = { usedBytes: 40 << 20, limitBytes: 128 << 20 };
    expect(spareFor({ ...IDLE, studios: 1, memory })?.memory).toBeLessThan(80 << 20);
  });

  it.each<[string, Partial<NodeLoad>]>([
    ["is busy", { busy: 0.8 }],
    ["does not know yet how busy it is", { busy: null }],
    ["makes more programmes than its processors may bear", { busy: 0.4, studios: 4 }],
    ["is not well", { rung: "restart" }],
    ["has little memory left of what it may have", { memory: { usedBytes: 90 << 20, limitBytes: 128 << 20 } }],
    ["has little memory left at all", { freeMemoryBytes: 64 << 20 }],
    ["has little room on its disk", { freeDiskBytes: 1.6 * GB }],
    ["cannot say what room it has", { freeDiskBytes: null }],
  ])("that %s has nothing to spare", (_, load) => {
    expect(spareFor({ ...IDLE, ...load })).toBeNull();
  });

  it("gives a job the room that is there, and keeps its own", () => {
    expect(spareFor({ ...IDLE, freeDiskBytes: 3 * GB })?.fileBytes).toBe(2 * GB - 500 * 1024 * 1024);
  });

  it("keeps its job through what heals by itself, and hands it back when it is ill", () => {
    expect((["well", "restart", "outside"] as const).every(keepsItsJob)).toBe(true);
    expect((["deep", "repair", "report", "leave"] as const).some(keepsItsJob)).toBe(false);
  });
});

describe("The share that is busy", () => {
  it("is that of all processors since the last look, and niced work is not counted", () => {
    let times = { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 };
    const busyShare = createBusyShare(() => [
      { times },
      { times: { ...times, user: 0, idle: times.idle + times.user } },
    ]);
    expect(busyShare()).toBeNull();
    times = { user: 400, nice: 300, sys: 100, idle: 200, irq: 0 };
    expect(busyShare()).toBeCloseTo(0.3);
    expect(busyShare()).toBeNull();
  });
});
