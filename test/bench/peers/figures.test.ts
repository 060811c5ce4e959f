import { expect, it } from "vitest";
import { figureOf, sayFigure } from "./figures.ts";

it("says the median of what was measured, and its range", () => {
  expect(sayFigure(figureOf([3, 1, 2.25]), 1)).toBe("2.3 (1.0–3.0)");
});

it("says no range where all were the same as printed", () => {
  expect(sayFigure(figureOf([1234.4, 1234.1]), 0)).toBe("1,234");
});

it("makes no figure of nothing", () => {
  expect(() => figureOf([])).toThrow("nothing was measured");
  expect(() => figureOf([1, Number.NaN])).toThrow("nothing was measured");
});
