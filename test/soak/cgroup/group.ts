import { mkdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pause } from "../../../kit/loop.ts";
import { cgroupVersion, type Folders, foldersAt } from "./folders.ts";

/** Null: no limit. */
export type Limits = { memoryBytes: number | null; cpus: number | null };

/** A control group of our own, and the command that puts a process into it. */
export type Group = {
  /** A command that enters the group and becomes the program behind it. */
  through: readonly string[];
  /** Removes the group once its last process has ended. */
  close(): Promise<void>;
};

const PERIOD_US = 100_000;
const REMOVAL_TRIES = 50;
const ENTER = 'for folder in $0; do echo $$ > "$folder/cgroup.procs" || exit 1; done; exec "$@"';

/** Makes a group with these limits, for memory and processor. Throws when this is not root's process. */
export async function makeGroup(name: string, limits: Limits): Promise<Group> {
  if (process.getuid?.() !== 0) throw new Error("A control group takes root; with --image an engine makes it.");
  if (cgroupVersion() === 2) await writeFile("/sys/fs/cgroup/cgroup.subtree_control", "+memory +cpu");
  const folders = foldersAt(() => name);
  const all = [...new Set([folders.memory, folders.cpu, folders.cpuacct])];
  for (const folder of all) await mkdir(folder);
  await (folders.version === 2 ? limitVersion2(folders, limits) : limitVersion1(folders, limits));
  return {
    through: ["sh", "-c", ENTER, all.join(" ")],
    async close() {
      for (const folder of all) await removeGroup(folder);
    },
  };
}

async function limitVersion1(folders: Folders, { memoryBytes, cpus }: Limits): Promise<void> {
  if (memoryBytes !== null) await writeFile(join(folders.memory, "memory.limit_in_bytes"), String(memoryBytes));
  if (cpus === null) return;
  await writeFile(join(folders.cpu, "cpu.cfs_period_us"), String(PERIOD_US));
  await writeFile(join(folders.cpu, "cpu.cfs_quota_us"), String(Math.round(cpus * PERIOD_US)));
}

async function limitVersion2(folders: Folders, { memoryBytes, cpus }: Limits): Promise<void> {
  if (memoryBytes !== null) await writeFile(join(folders.memory, "memory.max"), String(memoryBytes));
  if (cpus !== null) await writeFile(join(folders.cpu, "cpu.max"), `${Math.round(cpus * PERIOD_US)} ${PERIOD_US}`);
}

/** The kernel lets go of a group a moment after its last process. */
async function removeGroup(folder: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await rmdir(folder);
    } catch (thrown) {
      if (tries === REMOVAL_TRIES) throw thrown;
      await pause(100);
    }
  }
}
