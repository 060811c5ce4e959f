import { describe, expect, it } from "vitest";
import { BUDGET, overBudget, readSize, readStartup } from "./weight.ts";

describe("What the Workers weigh", () => {
  it("is read from what wrangler says", () => {
    expect(readSize("Read 8 files\nTotal Upload: 920.55 KiB / gzip: 163.40 KiB\n")).toEqual({
      kib: 920.55,
      gzipKib: 163.4,
    });
    expect(readStartup("Sampled time: 273.0 ms\n  Active: 184.9 ms (including 26.6 ms garbage collection)")).toBe(
      184.9,
    );
    expect(readStartup("Analysing")).toBeNull();
    expect(() => readSize("Uploaded.")).toThrow("wrangler told no size");
  });

  it("is held against a budget, figure by figure", () => {
    const light = { kib: 1, gzipKib: 1, startupMs: 1 };
    expect(overBudget({ edge: light, control: { ...light, startupMs: null } })).toEqual([]);
    const heavy = { kib: 1, gzipKib: BUDGET.edge.gzipKib + 1, startupMs: BUDGET.edge.startupMs + 1 };
    expect(overBudget({ edge: heavy, control: light })).toEqual([
      expect.stringContaining("edge: 251 KiB gzip"),
      expect.stringContaining("edge: 2001 ms to start"),
    ]);
  });
});
