import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Sample } from "./sample.ts";
import { readStored, sampleLine } from "./stored.ts";

const SAMPLE: Sample = {
  seconds: 10.5,
  counters: {
    anonymous: 1,
    cache: 2,
    limitHits: 3,
    oomKills: 0,
    majorFaults: 4,
    cpuSeconds: 5.5,
    throttledPeriods: 6,
    throttledSeconds: 0.5,
  },
  node: { resident: 7, anonymous: 8, waitedSeconds: 0.25 },
  ffmpeg: { processes: 3, resident: 9, anonymous: 10 },
  healthProblem: "503",
  segmentsBehind: 2,
  isLive: true,
  punctuality: { frames: 469, missing: 0, late: 1, worstMs: 1200 },
};

test("samples that were left in a folder are read as they were, the node's before its twin's", async () => {
  const folder = await mkdtemp(join(tmpdir(), "soak-stored-"));
  try {
    await writeFile(join(folder, "unlimited.jsonl"), sampleLine(SAMPLE));
    await writeFile(join(folder, "limited.jsonl"), sampleLine(SAMPLE) + sampleLine({ ...SAMPLE, seconds: 20 }));
    await writeFile(join(folder, "limited.log"), "what the node said");
    expect(await readStored(folder)).toEqual([
      { name: "limited", samples: [SAMPLE, { ...SAMPLE, seconds: 20 }] },
      { name: "unlimited", samples: [SAMPLE] },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
