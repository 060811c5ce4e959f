import { describe, expect, it } from "vitest";
import { startChild } from "./child.ts";
import { footprintOf, memoryOf, memoryOfAll, parseStat, processesWithEnvironment, processTree } from "./processes.ts";

describe("processes", () => {
  it("are read from /proc even when a name holds brackets and spaces", () => {
    const line = `42 (a) b (c) S 7 42 42 0 -1 0 1 0 2 0 100 50 25 25 20 0 1 0 9 9 9`;
    expect(parseStat(line)).toMatchObject({ pid: 42, name: "a) b (c", parent: 7, state: "S", cpuSeconds: 2 });
  });

  it("form a tree, with the memory and the processor time of each", async () => {
    const child = await startChild("sh", ["-c", "sh -c 'while :; do :; done' & wait"]);
    await expect.poll(async () => (await processTree(child.pid)).length).toBe(2);
    await expect
      .poll(async () => (await processTree(child.pid))[1]?.cpuSeconds, { timeout: 5000 })
      .toBeGreaterThan(0.1);
    const [parent, busy] = await processTree(child.pid);
    expect(parent?.cpuSeconds).toBeLessThan(0.1);
    const pids = [parent?.pid ?? 0, busy?.pid ?? 0];
    const together = await memoryOfAll(pids);
    const alone = await Promise.all(pids.map(memoryOf));
    expect(together.pss).toBe((alone[0]?.pss ?? 0) + (alone[1]?.pss ?? 0));
    expect(together.pss).toBeGreaterThan(together.anonymous);
    const footprint = await footprintOf(pids);
    expect(footprint).toBeGreaterThanOrEqual(await footprintOf(pids.slice(0, 1)));
    expect(footprint).toBeLessThan((await footprintOf(pids.slice(0, 1))) + (await footprintOf(pids.slice(1))));
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await child.ended;
    expect(await memoryOf(child.pid)).toBeNull();
  });

  it("are found by a mark in their environment", async () => {
    const child = await startChild("sleep", ["60"], { env: { ...process.env, HARNESS_MARK: "found" } });
    expect((await processesWithEnvironment("HARNESS_MARK", "found")).map((found) => found.pid)).toEqual([child.pid]);
    await child.stop();
    expect(await processesWithEnvironment("HARNESS_MARK", "found")).toEqual([]);
  });
});
