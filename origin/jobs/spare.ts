import { MAX_PREPARED_BYTES } from "../../contracts/jobs.ts";
import { MAX_MEDIA_BYTES } from "../../contracts/media.ts";
import type { RungName } from "../agent/rungs.ts";
import type { ChildLimits } from "./guarded-child.ts";
import { MAX_CHILD_MEMORY, MIN_CHILD_MEMORY } from "./limits.ts";

/** What a node knows of itself when it thinks of taking on a job. */
export type NodeLoad = {
  /** Where it stands on its ladder. */
  rung: RungName;
  /** Share of the processors, 0 to 1, that was busy of late with what has precedence over a job; null: not known yet. */
  busy: number | null;
  /** Programmes that are made here. */
  studios: number;
  memory: { usedBytes: number; limitBytes: number | null };
  /** Of the machine, which counts where nothing limits the node. */
  freeMemoryBytes: number;
  freeDiskBytes: number | null;
};

const MAX_BUSY = 0.75;
/** What a programme may want more at any moment, when a host comes or its studio has to catch up. */
const STUDIO_RESERVE = 0.1;
const MEMORY_RESERVE = 0.1;
const DISK_RESERVE_BYTES = 1 << 30;
/** Prepared, half an hour. With less room it is not worth beginning. */
const MIN_FILE_BYTES = 256 << 20;

/** What a job may have of this node; null when the node needs itself. */
export function spareFor(node: NodeLoad): ChildLimits | null {
  if (node.rung !== "well" || node.busy === null || node.freeDiskBytes === null) return null;
  if (node.busy + node.studios * STUDIO_RESERVE > MAX_BUSY) return null;
  const { usedBytes, limitBytes } = node.memory;
  const free = limitBytes === null ? node.freeMemoryBytes / 2 : limitBytes * (1 - MEMORY_RESERVE) - usedBytes;
  const memory = Math.min(MAX_CHILD_MEMORY, Math.floor(free));
  const fileBytes = Math.min(MAX_PREPARED_BYTES, node.freeDiskBytes - DISK_RESERVE_BYTES - MAX_MEDIA_BYTES);
  return memory >= MIN_CHILD_MEMORY && fileBytes >= MIN_FILE_BYTES ? { memory, fileBytes } : null;
}

/** Whether a node in such a state goes on with the job it has: what heals by itself is no reason to lose the work. */
export function keepsItsJob(rung: RungName): boolean {
  return rung === "well" || rung === "restart" || rung === "outside";
}
