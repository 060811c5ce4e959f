import { parseArgs } from "node:util";
import { z } from "zod";
import { watchHeap } from "./heap.ts";
import { slopeText } from "./verdict.ts";

/** Thirty hours of programme in minutes, and what stays in memory: `npm run soak:programme -- --hours 30`. */

/** A megabyte in ten hours. */
const MOST_AN_HOUR = (1 << 20) / 10;

const { values } = parseArgs({ options: { hours: { type: "string", default: "30" } } });
const hours = z.coerce.number().int().min(10).max(10_000).parse(values.hours);

const began = performance.now();
let hour = 0;
const { growth, made } = await watchHeap(hours, hours, ({ heap, buffers }) => {
  hour += 1;
  console.log(`${hour} h  heap ${(heap / 1024).toFixed(0)} KiB  buffers ${(buffers / 1024).toFixed(0)} KiB`);
});
const seconds = (performance.now() - began) / 1000;
console.log(`${hours} h of programme in ${seconds.toFixed(0)} s: ${made.segments} segments, ${made.indexes} indexes.`);
console.log(`Growth of what is held: ${slopeText(growth)} of programme.`);
process.exitCode = growth !== null && growth.perHour - growth.margin < MOST_AN_HOUR ? 0 : 1;
