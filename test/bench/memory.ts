import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { pause } from "../../kit/loop.ts";
import { footprintOf, memoryOfAll, type Process, processTree } from "../harness/processes.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { anonymousPartsOf } from "./anonymous.ts";
import { megabytes, percent, printTable } from "./table.ts";

/** Memory and processor time of one origin, with one station and with five. */

const MORE_STATIONS = ["two", "three", "four", "five"];
const SETTLE_MS = 30_000;
const MEASURE_MS = 30_000;

const library = await mkdtemp(join(tmpdir(), "radio-dream-bench-"));
const demo = join(import.meta.dirname, "../../dev/demo-library/demo");
for (const slug of [STATION, ...MORE_STATIONS]) await cp(demo, join(library, slug), { recursive: true });
const stack = await startStack({ origins: 1, env: { LIBRARY_DIR: library } });
try {
  await measure(stack, 1);
  for (const slug of MORE_STATIONS) await stack.api(z.unknown(), "POST", "/api/v1/stations", { slug, name: slug });
  await measure(stack, 1 + MORE_STATIONS.length);
} finally {
  await stack.stop();
  await rm(library, { recursive: true });
}

async function measure(stack: Stack, stations: number): Promise<void> {
  await pause(SETTLE_MS);
  const root = await stack.pid("origin-1");
  const before = await processTree(root);
  const began = performance.now();
  await pause(MEASURE_MS);
  const after = await processTree(root);
  const seconds = (performance.now() - began) / 1000;
  const cpu = (total(after) - total(before)) / seconds;
  const rows = await Promise.all(
    [...Map.groupBy(after, ({ name }) => name)].map(async ([name, processes]) => {
      const { pss, anonymous } = await memoryOfAll(processes.map(({ pid }) => pid));
      // Node calls its first thread so, and the system calls the process by that.
      return [name === "MainThread" ? "node" : name, processes.length, megabytes(pss), megabytes(anonymous)];
    }),
  );
  const pids = after.map(({ pid }) => pid);
  const all = await memoryOfAll(pids);
  printTable(
    `One origin, ${stations} station(s)`,
    ["program", "processes", "PSS MB", "of it anonymous"],
    [...rows, ["together", after.length, megabytes(all.pss), megabytes(all.anonymous)]],
  );
  const { malloc, heap, code, other } = await anonymousPartsOf(root);
  printTable(
    "Anonymous memory of its node process",
    ["malloc", "V8's heap", "code", "threads, large blocks"],
    [[malloc, heap, code, other].map(megabytes)],
  );
  console.log(`Alone on a machine: ${megabytes(await footprintOf(pids))} MB. Processor: ${percent(cpu)} of a core.`);
}

/** Children that ended in between have given their time to their parent. */
function total(processes: readonly Process[]): number {
  return processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}
