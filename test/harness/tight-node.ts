import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Place } from "../../dev/place.ts";
import { pause } from "../../kit/loop.ts";

/** A place for an origin with little of everything, as a container has it: its own disk, memory and descriptors. */
export type TightNode = {
  place: Place;
  fillDisk(): Promise<void>;
  clearDisk(): Promise<void>;
  makeReadOnly(): Promise<void>;
  makeWritable(): Promise<void>;
  /** Has the process hold all but one of a hundred descriptors. */
  takeDescriptors(pid: number): Promise<void>;
  /** Has the process hold all memory but a thirtieth. */
  takeMemory(pid: number): Promise<void>;
  close(): Promise<void>;
};

const DISK_BYTES = 64 << 20;
const MEMORY_BYTES = 1 << 30;
const DESCRIPTORS = 400;
const CGROUP = "/sys/fs/cgroup/memory";
const HOG = pathToFileURL(join(import.meta.dirname, "hog.mjs")).href;
/** The process finds its own limits where a container would: at the root of the cgroups. */
const ENTER = 'echo $$ > "$0/cgroup.procs" && mount --bind "$0" /sys/fs/cgroup/memory && exec "$@"';
const REMOVAL_TRIES = 50;

const run = promisify(execFile);

/** Throws where the machine does not allow it: it takes root, and cgroups of version 1. */
export async function makeTightNode(): Promise<TightNode> {
  const folder = await mkdtemp(join(tmpdir(), "radio-dream-tight-"));
  const disk = join(folder, "disk");
  const filler = join(disk, "filler");
  const orders = join(folder, "hog.json");
  const group = join(CGROUP, `radio-dream-${process.pid}`);
  await mkdir(disk);
  await run("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", disk]);
  await mkdir(group);
  await writeFile(join(group, "memory.limit_in_bytes"), String(MEMORY_BYTES));

  const takenMemory = async () => {
    const stat = await readFile(join(group, "memory.stat"), "utf8");
    return Number(/^total_rss (\d+)$/m.exec(stat)?.[1]);
  };
  return {
    place: {
      through: ["prlimit", `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`, "unshare", "--mount", "sh", "-c", ENTER, group],
      environment: { DATA_DIR: join(disk, "data"), NODE_OPTIONS: `--import ${HOG}`, HOG_FILE: orders },
    },
    fillDisk: () => writeFile(filler, Buffer.alloc(DISK_BYTES)).catch(ignoreFullDisk),
    clearDisk: () => rm(filler, { force: true }),
    makeReadOnly: async () => void (await run("mount", ["-o", "remount,ro", disk])),
    makeWritable: async () => void (await run("mount", ["-o", "remount,rw", disk])),
    takeDescriptors: (pid) => writeFile(orders, JSON.stringify({ pid, descriptors: DESCRIPTORS * 0.99 })),
    takeMemory: async (pid) => {
      const bytes = Math.floor(MEMORY_BYTES * 0.97 - (await takenMemory()));
      await writeFile(orders, JSON.stringify({ pid, bytes }));
    },
    async close() {
      await run("umount", ["--lazy", disk]);
      await rm(folder, { recursive: true, force: true });
      await removeGroup(group);
    },
  };
}

function ignoreFullDisk(thrown: unknown): void {
  if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOSPC")) throw thrown;
}

/** The kernel lets go of a group a moment after its last process. */
async function removeGroup(group: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await rmdir(group);
    } catch (thrown) {
      if (tries === REMOVAL_TRIES) throw thrown;
      await pause(100);
    }
  }
}
