import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Folders, foldersOf } from "./folders.ts";

/** What the kernel has counted of a control group: of all its processes together, the ended ones too. */
export type Counters = {
  /** Bytes that no file backs (`total_rss`, `anon`). */
  anonymous: number;
  /** Bytes of files in memory; they count against the limit, and can be read again. */
  cache: number;
  /** How often memory had to be reclaimed because the limit was reached. */
  limitHits: number;
  oomKills: number;
  /** Pages of files that had to be read from the disk again, or for the first time, before a process could go on. */
  majorFaults: number;
  cpuSeconds: number;
  throttledPeriods: number;
  throttledSeconds: number;
};

/** The counters of the group that a process is in. Throws when it has ended. */
export async function countersOf(pid: number): Promise<Counters> {
  return readCounters(await foldersOf(pid));
}

export async function readCounters(folders: Folders): Promise<Counters> {
  const read = (folder: string, name: string) => readFile(join(folder, name), "utf8");
  if (folders.version === 2) {
    const [memory, events, cpu] = await Promise.all([
      read(folders.memory, "memory.stat"),
      read(folders.memory, "memory.events"),
      read(folders.memory, "cpu.stat"),
    ]);
    return countersOfVersion2({ memory, events, cpu });
  }
  const [memory, failures, oom, cpu, usage] = await Promise.all([
    read(folders.memory, "memory.stat"),
    read(folders.memory, "memory.failcnt"),
    read(folders.memory, "memory.oom_control"),
    read(folders.cpu, "cpu.stat"),
    read(folders.cpuacct, "cpuacct.usage"),
  ]);
  return countersOfVersion1({ memory, failures, oom, cpu, usage });
}

/** cgroup-v1: memory.rst, sched-bwc.rst and cpuacct.rst of the kernel's documentation; times in ns. */
export function countersOfVersion1(files: Record<"memory" | "failures" | "oom" | "cpu" | "usage", string>): Counters {
  return {
    anonymous: field(files.memory, "total_rss"),
    cache: field(files.memory, "total_cache"),
    limitHits: Number(files.failures),
    oomKills: field(files.oom, "oom_kill"),
    majorFaults: field(files.memory, "total_pgmajfault"),
    cpuSeconds: Number(files.usage) / 1e9,
    throttledPeriods: field(files.cpu, "nr_throttled"),
    throttledSeconds: field(files.cpu, "throttled_time") / 1e9,
  };
}

/** cgroup-v2.rst; times in µs. A group without a limit of its own does not count throttling. */
export function countersOfVersion2(files: Record<"memory" | "events" | "cpu", string>): Counters {
  return {
    anonymous: field(files.memory, "anon"),
    cache: field(files.memory, "file"),
    limitHits: field(files.events, "max"),
    oomKills: field(files.events, "oom_kill"),
    majorFaults: field(files.memory, "pgmajfault"),
    cpuSeconds: field(files.cpu, "usage_usec") / 1e6,
    throttledPeriods: field(files.cpu, "nr_throttled"),
    throttledSeconds: field(files.cpu, "throttled_usec") / 1e6,
  };
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}
