import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

/** What the processes of this machine use, read from /proc (proc(5)). */

export type Process = {
  pid: number;
  parent: number;
  group: number;
  name: string;
  /** `Z` for an ended process that nobody has waited for. */
  state: string;
  /** Seconds on a processor, its own and those of its ended children. */
  cpuSeconds: number;
};

export type Memory = {
  /** Resident set size in bytes: every page that is there for the process, shared ones too. */
  resident: number;
  /** Proportional set size in bytes: pages shared by k processes count 1/k in each, so sums count them once. */
  pss: number;
  /** The part of it that no file backs, which nothing but swap could reclaim. */
  anonymous: number;
};

const UNREADABLE = ["ENOENT", "ESRCH", "EACCES", "EPERM"];
const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** All processes there are now. */
export async function listProcesses(): Promise<Process[]> {
  const names = await readdir("/proc");
  const all = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))));
  return all.filter((process) => process !== null);
}

/** `root` and all its descendants. */
export async function processTree(root: number): Promise<Process[]> {
  return treeOf(root, await listProcesses());
}

/** `root` and all its descendants among `processes`, each after its parent. */
export function treeOf(root: number, processes: readonly Process[]): Process[] {
  const tree = processes.filter((process) => process.pid === root);
  for (const found of tree) tree.push(...processes.filter((process) => process.parent === found.pid));
  return tree;
}

/** The memory of one process; null when it has ended. */
export async function memoryOf(pid: number): Promise<Memory | null> {
  const text = await readProc(`${pid}/smaps_rollup`);
  if (text === null) return null;
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? 0) * 1024;
  return { resident: field("Rss"), pss: field("Pss"), anonymous: field("Pss_Anon") };
}

/** Memory of several processes together, shared pages counted once. */
export async function memoryOfAll(pids: readonly number[]): Promise<Memory> {
  const all = (await Promise.all(pids.map(memoryOf))).filter((memory) => memory !== null);
  return {
    resident: all.reduce((sum, memory) => sum + memory.resident, 0),
    pss: all.reduce((sum, memory) => sum + memory.pss, 0),
    anonymous: all.reduce((sum, memory) => sum + memory.anonymous, 0),
  };
}

/**
 * Bytes of memory of several processes as if nothing else ran on the machine: each anonymous page, and each page of a
 * file once, however many of them map it. PSS would give part of a file's pages to strangers that map it too.
 */
export async function footprintOf(pids: readonly number[]): Promise<number> {
  const files = new Map<string, number>();
  let anonymous = 0;
  for (const text of await Promise.all(pids.map((pid) => readProc(`${pid}/smaps`)))) {
    for (const mapping of parseMappings(text ?? "")) {
      anonymous += mapping.anonymous;
      files.set(mapping.file, Math.max(files.get(mapping.file) ?? 0, mapping.resident - mapping.anonymous));
    }
  }
  return anonymous + [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
}

type Mapping = { file: string; resident: number; anonymous: number };

/** The mappings of /proc/[pid]/smaps; `file` names the file, and the place in it, that a mapping shows. */
export function parseMappings(smaps: string): Mapping[] {
  return smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).map((mapping) => {
    const [, offset, inode] = /^\S+ \S+ (\S+) \S+ (\d+)/.exec(mapping) ?? [];
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(mapping)?.[1] ?? 0) * 1024;
    return { file: `${inode}+${offset}`, resident: field("Rss"), anonymous: field("Anonymous") };
  });
}

/** The processes whose environment holds `NAME=value`: all that a stack has started, whoever their parent is now. */
export async function processesWithEnvironment(name: string, value: string): Promise<Process[]> {
  const found: Process[] = [];
  for (const process of await listProcesses()) {
    const environment = await readProc(`${process.pid}/environ`);
    if (environment?.split("\0").includes(`${name}=${value}`)) found.push(process);
  }
  return found;
}

/** Reads a line of /proc/[pid]/stat; the name stands in brackets and may hold anything, brackets too. */
export function parseStat(line: string): Process {
  const open = line.indexOf("(");
  const close = line.lastIndexOf(")");
  const rest = line.slice(close + 2).split(" ");
  const number = (field: number) => Number(rest[field - 3]);
  return {
    pid: Number(line.slice(0, open)),
    name: line.slice(open + 1, close),
    state: rest[0] ?? "",
    parent: number(4),
    group: number(5),
    cpuSeconds: (number(14) + number(15) + number(16) + number(17)) / TICKS_PER_SECOND,
  };
}

async function readProcess(pid: number): Promise<Process | null> {
  const line = await readProc(`${pid}/stat`);
  return line === null ? null : parseStat(line);
}

/** A file below /proc; null when its process has ended, or is another user's. */
async function readProc(path: string): Promise<string | null> {
  try {
    return await readFile(`/proc/${path}`, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && UNREADABLE.includes(String(thrown.code))) return null;
    throw thrown;
  }
}
