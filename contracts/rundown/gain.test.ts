import { describe, expect, it } from "vitest";
import { gainOf } from "./gain.ts";

const decibels = (gain: number) => 20 * Math.log10(gain);

describe("The gain of a file", () => {
  it.each([
    ["loud", -8, 0.5, -8],
    ["quiet", -30, -20, 14],
    ["just right", -16, -3, 0],
  ])("brings one that is %s to the target", (_, integrated, truePeak, expected) => {
    expect(decibels(gainOf({ integrated, truePeak }, -16))).toBeCloseTo(expected);
  });

  it("leaves peaks that it lifts above -1 dBTP to the limiter, up to 12 dB", () => {
    expect(decibels(gainOf({ integrated: -26, truePeak: -4 }, -16))).toBeCloseTo(10);
    expect(decibels(gainOf({ integrated: -36, truePeak: -4 }, -16))).toBeCloseTo(15);
  });

  it("does not make noise of what is almost silent", () => {
    expect(decibels(gainOf({ integrated: -60, truePeak: -50 }, -16))).toBeCloseTo(24);
  });
});
