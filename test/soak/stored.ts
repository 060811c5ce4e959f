import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Measured } from "./report.ts";
import type { Sample } from "./sample.ts";

const Count = z.number().nonnegative();
const Stored: z.ZodType<Sample> = z.object({
  seconds: Count,
  counters: z.object({
    anonymous: Count,
    cache: Count,
    limitHits: Count,
    oomKills: Count,
    majorFaults: Count.default(0),
    cpuSeconds: Count,
    throttledPeriods: Count,
    throttledSeconds: Count,
  }),
  node: z.object({ resident: Count, anonymous: Count, waitedSeconds: Count.default(0) }),
  ffmpeg: z.object({ processes: Count, resident: Count, anonymous: Count }),
  healthProblem: z.string().nullable(),
  segmentsBehind: Count,
  isLive: z.boolean(),
  punctuality: z.object({ frames: Count, missing: Count, late: Count, worstMs: Count }),
});

/** A sample as one line of a file. */
export function sampleLine(sample: Sample): string {
  return `${JSON.stringify(sample)}\n`;
}

/** What a soak has left in its folder, the limited node before its twin. Throws where a line is no sample. */
export async function readStored(folder: string): Promise<Measured[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort();
  return Promise.all(
    names.map(async (name) => {
      const lines = (await readFile(join(folder, name), "utf8")).split("\n").filter((line) => line !== "");
      return { name: basename(name, ".jsonl"), samples: lines.map((line) => Stored.parse(JSON.parse(line))) };
    }),
  );
}
