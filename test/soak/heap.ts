import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type FastProgramme, startFastProgramme } from "./fast-programme.ts";
import { type Point, type Slope, slopeOf } from "./slope.ts";

/** Bytes that are held after garbage is collected: of V8's heap, and of buffers beside it. */
export type Held = { heap: number; buffers: number };

export type HeapRun = {
  hours: number;
  held: readonly Held[];
  /** Bytes an hour of programme, of both together. */
  growth: Slope | null;
  made: FastProgramme["made"];
};

const FRAMES_AN_HOUR = (3600 * 1000 * 3) / 64;

/** Makes `hours` of programme and looks `looks` times at what is held; the first tenth is not counted. */
export async function watchHeap(
  hours: number,
  looks: number,
  onLook: (held: Held) => void = () => {},
): Promise<HeapRun> {
  const collect = garbageCollector();
  const programme = startFastProgramme();
  const held: Held[] = [];
  const points: Point[] = [];
  try {
    for (let look = 1; look <= looks; look += 1) {
      programme.run(Math.round((hours * FRAMES_AN_HOUR) / looks));
      // V8 frees buffers beside the program, and is done with it before it collects the next time.
      collect();
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      const now = { heap: heapUsed, buffers: arrayBuffers };
      held.push(now);
      onLook(now);
      if (look > looks / 10) points.push({ seconds: (look * hours * 3600) / looks, value: now.heap + now.buffers });
    }
    return { hours, held, growth: slopeOf(points), made: programme.made };
  } finally {
    programme.close();
  }
}

function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}
