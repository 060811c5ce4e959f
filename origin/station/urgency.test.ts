import { describe, expect, it } from "vitest";
import type { StationReport } from "../../contracts/fleet.ts";
import { urgencyOf } from "./urgency.ts";

const slicer: StationReport = {
  slug: "demo",
  roles: ["slicer"],
  generation: 4,
  source: null,
  sliced: 100,
  published: 99,
  queued: 0,
  heardMs: 20,
  live: null,
};
const anna = { keyId: "key-1", name: "Anna", onAir: false };
const changed = (parts: Partial<StationReport>) => urgencyOf([{ ...slicer, ...parts }]) !== urgencyOf([slicer]);

describe("Control hears at once", () => {
  it.each<[string, Partial<StationReport>]>([
    ["that the frames have stopped", { heardMs: 1000 }],
    ["that a host arrives", { live: anna }],
    ["that the studio is here now", { source: "autopilot" }],
    ["that the generation is another one", { generation: 5 }],
  ])("%s", (_, parts) => {
    expect(changed(parts)).toBe(true);
  });

  it("that a host is on air, and that it has left", () => {
    expect(urgencyOf([{ ...slicer, live: anna }])).not.toBe(urgencyOf([{ ...slicer, live: { ...anna, onAir: true } }]));
    expect(urgencyOf([{ ...slicer, live: anna }])).not.toBe(urgencyOf([slicer]));
  });

  it("again and again while the frames stay away, but not for ever", () => {
    const at = (heardMs: number) => urgencyOf([{ ...slicer, heardMs }]);
    expect(at(1000)).toBe(at(1400));
    expect(at(1500)).not.toBe(at(1400));
    expect(at(6000)).toBe(at(60_000));
  });
});

describe("It can wait for the next heartbeat", () => {
  it.each<[string, Partial<StationReport>]>([
    ["that another segment was sliced and published", { sliced: 101, published: 100 }],
    ["that one waits for upload", { queued: 1 }],
    ["that a frame is a little late", { heardMs: 900 }],
  ])("%s", (_, parts) => {
    expect(changed(parts)).toBe(false);
  });
});
