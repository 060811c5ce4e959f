import { median } from "../../harness/audio/level.ts";

/** Of several measurements of one thing: the middle one and the range. */
export type Figure = { median: number; least: number; most: number; count: number };

/** Throws RangeError for no values, and where one is no number. */
export function figureOf(values: readonly number[]): Figure {
  if (values.length === 0 || !values.every(Number.isFinite)) throw new RangeError("nothing was measured");
  return { median: median(values), least: Math.min(...values), most: Math.max(...values), count: values.length };
}

/** `12.3 (11.9–13.0)`, or `12.3` where all were the same as printed. */
export function sayFigure({ median, least, most }: Figure, digits: number): string {
  const say = (value: number) =>
    value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [low, high] = [say(least), say(most)];
  return low === high ? say(median) : `${say(median)} (${low}–${high})`;
}
