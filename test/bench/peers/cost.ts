import { pause } from "../../../kit/loop.ts";
import { footprintOf, memoryOfAll, type Process, processTree } from "../../harness/processes.ts";
import type { Part } from "./radio.ts";

export type Cost = { alone: number[]; pss: number[]; anonymous: number[]; cpu: number[] };

/** Memory (MB; `alone`: as if nothing else ran on the machine) at the end of each window and processor time (percent of a core) within it. */
export async function measureCost(parts: readonly Part[], windows: number, windowMs: number): Promise<Cost> {
  const cost: Cost = { alone: [], pss: [], anonymous: [], cpu: [] };
  for (let window = 0; window < windows; window++) {
    const before = await treesOf(parts);
    const began = performance.now();
    await pause(windowMs);
    const after = await treesOf(parts);
    const pids = after.map(({ pid }) => pid);
    const { pss, anonymous } = await memoryOfAll(pids);
    cost.alone.push((await footprintOf(pids)) / 1e6);
    cost.pss.push(pss / 1e6);
    cost.anonymous.push(anonymous / 1e6);
    cost.cpu.push(((cpuSecondsOf(after) - cpuSecondsOf(before)) / (performance.now() - began)) * 1000 * 100);
  }
  return cost;
}

export async function treesOf(parts: readonly Part[]): Promise<Process[]> {
  return (await Promise.all(parts.map(({ pid }) => processTree(pid)))).flat();
}

export function cpuSecondsOf(processes: readonly Process[]): number {
  return processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}
