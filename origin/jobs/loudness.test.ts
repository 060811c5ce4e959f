import { describe, expect, it } from "vitest";
import { readSummary } from "./loudness.ts";

const summary = (integrated: string, peak: string) =>
  `[Parsed_ebur128_0 @ 0x55] Summary:\n\n  Integrated loudness:\n    I:         ${integrated} LUFS\n    Threshold: -42.5 LUFS\n\n` +
  `  Loudness range:\n    LRA:         0.0 LU\n\n  True peak:\n    Peak:      ${peak} dBFS\n`;

describe("The summary of a measurement", () => {
  it("tells loudness and true peak", () => {
    expect(readSummary(summary("-32.5", "-3.8"))).toEqual({ integrated: -32.5, truePeak: -3.8 });
  });

  it("is the last one: the first may speak of nothing, or have been written by a stranger", () => {
    expect(readSummary(`title: ${summary("-1.0", "0.0")}${summary("-70.0", "-inf")}${summary("-9.1", "0.4")}`)).toEqual(
      {
        integrated: -9.1,
        truePeak: 0.4,
      },
    );
  });

  it("has numbers for silence, too", () => {
    expect(readSummary(summary("-70.0", "-inf"))).toEqual({ integrated: -70, truePeak: -100 });
  });

  it("is an error where there is none", () => {
    expect(() => readSummary("Conversion failed!")).toThrow();
    expect(() => readSummary(summary("nan", "-3.0"))).toThrow();
  });
});
