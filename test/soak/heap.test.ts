import { expect, test } from "vitest";
import { watchHeap } from "./heap.ts";

const HOURS = 0.4;
/** In thirty hours that would be three megabytes. */
const MOST_AN_HOUR = 100_000;

test("programme that was made leaves nothing behind in memory", async () => {
  const { growth, made } = await watchHeap(HOURS, 20);
  expect(made.segments).toBeGreaterThan(2 * ((HOURS * 3600) / 3.2 - 3));
  expect(made.indexBytes).toBeGreaterThan(1000);
  expect((growth?.perHour ?? Number.NaN) - (growth?.margin ?? 0)).toBeLessThan(MOST_AN_HOUR);
}, 120_000);
