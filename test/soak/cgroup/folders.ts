import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where the kernel shows a control group; in version 2 the three are one. */
export type Folders = { version: 1 | 2; memory: string; cpu: string; cpuacct: string };

const ROOT = "/sys/fs/cgroup";

/** Version 2 where it alone is mounted; beside version 1 it has no controllers. */
export function cgroupVersion(): 1 | 2 {
  return existsSync(join(ROOT, "cgroup.controllers")) ? 2 : 1;
}

/** The folders of a group by its path below each controller. */
export function foldersAt(path: (controller: string) => string): Folders {
  if (cgroupVersion() === 2) {
    const folder = join(ROOT, path(""));
    return { version: 2, memory: folder, cpu: folder, cpuacct: folder };
  }
  const folder = (controller: string) => join(ROOT, controller, path(controller));
  return { version: 1, memory: folder("memory"), cpu: folder("cpu"), cpuacct: folder("cpuacct") };
}

/** The folders of the group that a process is in (cgroups(7), /proc/[pid]/cgroup). */
export async function foldersOf(pid: number): Promise<Folders> {
  const groups = parseGroups(await readFile(`/proc/${pid}/cgroup`, "utf8"));
  return foldersAt((controller) => groups.get(controller) ?? "/");
}

/** Paths by controller; that of version 2 has the empty name. */
export function parseGroups(text: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    for (const controller of controllers.split(",")) groups.set(controller, path);
  }
  return groups;
}
