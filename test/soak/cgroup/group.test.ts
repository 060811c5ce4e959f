import { execFile } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { cgroupVersion } from "./folders.ts";
import { makeGroup } from "./group.ts";

const run = promisify(execFile);

/** Within a container the groups are often not to be written to. */
function mayMakeGroups(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    if (cgroupVersion() === 2) return /cpu.*memory/.test(readFileSync("/sys/fs/cgroup/cgroup.subtree_control", "utf8"));
    accessSync("/sys/fs/cgroup/memory", constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

test.runIf(mayMakeGroups())("a program within a group cannot take more memory than the group has", async () => {
  const group = await makeGroup(`radio-dream-test-${process.pid}`, { memoryBytes: 128 << 20, cpus: 1 });
  try {
    const take = (megabytes: number) => {
      const [command = "", ...args] = [...group.through, process.execPath, "-e", `Buffer.alloc(${megabytes} << 20, 1)`];
      return run(command, args).then(
        () => "ended",
        ({ signal }: { signal: string | null }) => signal,
      );
    };
    expect(await take(10)).toBe("ended");
    expect(await take(300)).toBe("SIGKILL");
  } finally {
    await group.close();
  }
});
