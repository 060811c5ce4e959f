import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { NodeFacts } from "../trouble.ts";

/** Where the two versions of cgroups say what is allowed and what is taken, the page cache not counted. */
const CGROUPS = [
  { limit: "memory.max", stat: "memory.stat", taken: "anon" },
  { limit: "memory/memory.limit_in_bytes", stat: "memory/memory.stat", taken: "total_rss" },
];

/**
 * What the node and its ffmpegs take of the memory that their cgroup allows. Without a cgroup, or where it allows more
 * than the machine has, there is no limit, and nothing is counted. Never rejects.
 */
export async function probeMemory(root = "/sys/fs/cgroup"): Promise<NodeFacts["memory"]> {
  for (const { limit, stat, taken } of CGROUPS) {
    const [allowed, figures] = await Promise.all([read(join(root, limit)), read(join(root, stat))]);
    const limitBytes = Number.parseInt(allowed ?? "", 10);
    const usedBytes = Number(new RegExp(`^${taken} (\\d+)$`, "m").exec(figures ?? "")?.[1]);
    if (limitBytes < totalmem() && !Number.isNaN(usedBytes)) return { usedBytes, limitBytes };
  }
  return { usedBytes: 0, limitBytes: null };
}

/** Collects all garbage, which V8 puts off as long as its own heap is small. */
export function repairMemory(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** Null where this machine does not have it: control groups come in two versions. */
const read = (file: string) => readFile(file, "utf8").catch(() => null);
