import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** In bytes, as the kernel counts them for the container's control group. */
export type ContainerMemory = { peak: number; anonymous: number };

const ROOT = "/sys/fs/cgroup";

/** What the group of a process takes, and the most it ever took, file pages included (cgroup v1 and v2). */
export async function containerMemory(pid: number): Promise<ContainerMemory> {
  const groups = await readFile(`/proc/${pid}/cgroup`, "utf8");
  const first = /^\d+:memory:(.*)$/m.exec(groups)?.[1];
  const unified = /^0::(.*)$/m.exec(groups)?.[1] ?? "/";
  const folder = first === undefined ? join(ROOT, unified) : join(ROOT, "memory", first);
  const [peak, field] = first === undefined ? ["memory.peak", "anon"] : ["memory.max_usage_in_bytes", "total_rss"];
  const stat = await readFile(join(folder, "memory.stat"), "utf8");
  return {
    peak: Number(await readFile(join(folder, peak), "utf8")),
    anonymous: Number(new RegExp(`^${field} (\\d+)$`, "m").exec(stat)?.[1]),
  };
}
