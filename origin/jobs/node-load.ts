import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { probeMemory } from "../agent/probes/memory.ts";
import type { RungName } from "../agent/rungs.ts";
import { createBusyShare } from "./busy-share.ts";
import type { NodeLoad } from "./spare.ts";

/** Looks at the node as one does before taking on a job; how busy it was is told since the look before. */
export function createNodeLoad(options: {
  dataFolder: string;
  rung(): RungName;
  studios(): number;
}): () => Promise<NodeLoad> {
  const busyShare = createBusyShare();
  return async () => ({
    rung: options.rung(),
    busy: busyShare(),
    studios: options.studios(),
    memory: await probeMemory(),
    freeMemoryBytes: freemem(),
    freeDiskBytes: await statfs(options.dataFolder).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ),
  });
}
