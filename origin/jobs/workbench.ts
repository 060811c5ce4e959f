import type { Clock } from "../../kit/clock.ts";
import type { ChildLimits } from "./guarded-child.ts";

/** With what, and within which bounds, a file is prepared. */
export type Workbench = {
  ffmpeg: string;
  ffprobe: string;
  limits: ChildLimits;
  clock: Clock;
  /** Aborts when the work is of no use any more. */
  signal: AbortSignal;
};
