import { pause } from "../../../kit/loop.ts";
import { memoryOfAll, type Process, processTree } from "../../harness/processes.ts";
import type { Part } from "./radio.ts";

export type Cost = { pss: number[]; anonymous: number[]; cpu: number[] };

/** Memory (MB) at the end of each window and processor time (percent of a core) within it. */
export async function measureCost(parts: readonly Part[], windows: number, windowMs: number): Promise<Cost> {
  const cost: Cost = { pss: [], anonymous: [], cpu: [] };
  for (let window = 0; window < windows; window++) {
    const before = await treesOf(parts);
    const began = performance.now();
    await pause(windowMs);
    const after = await treesOf(parts);
    const { pss, anonymous } = await memoryOfAll(after.map(({ pid }) => pid));
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
