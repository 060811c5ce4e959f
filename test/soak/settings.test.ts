import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("without arguments it is the promise: an hour of one station in 128 MB and one core, beside a twin", () => {
  expect(readSettings([])).toMatchObject({
    minutes: 60,
    stations: 1,
    limits: { memoryBytes: 128 << 20, cpus: 1 },
    twin: true,
    image: null,
    anonymousBytes: 64 << 20,
  });
});

test("with more stations anonymous memory has no bound but the one that is given", () => {
  expect(readSettings(["--stations", "6", "--memory", "192m"]).anonymousBytes).toBeNull();
  expect(readSettings(["--stations", "6", "--anonymous", "150m"]).anonymousBytes).toBe(150 << 20);
});

test("a size that is none is told by its name", () => {
  expect(() => readSettings(["--memory", "much"])).toThrow(/128m[\s\S]*memory/);
});
