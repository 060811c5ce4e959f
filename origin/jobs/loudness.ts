import { Loudness } from "../../contracts/media.ts";
import { FILE_OPTIONS, inputOf } from "../programme/decoder.ts";
import { runGuardedChild } from "./guarded-child.ts";
import { rejectionFor } from "./outcome.ts";
import type { Workbench } from "./workbench.ts";

const WITHIN_MS = 60_000;
/** Real time that a second of sound may take. */
const SLOWEST_MS = 500;

/**
 * Integrated loudness and true peak by EBU R 128 of a prepared file. What was prepared is measured, not what came in:
 * it is what will be heard, and its form does not change half-way, which would begin the measurement anew.
 */
export async function measureLoudness(path: string, seconds: number, workbench: Workbench): Promise<Loudness> {
  const args = [
    ...["-nostdin", "-hide_banner", "-nostats", "-threads", "1", ...FILE_OPTIONS, "-v", "info", "-i", inputOf(path)],
    ...["-filter_threads", "1", "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"],
  ];
  const withinMs = WITHIN_MS + seconds * SLOWEST_MS;
  const measured = await runGuardedChild(workbench.ffmpeg, args, { ...workbench, withinMs, maxBytes: 0 });
  if (measured.how !== "clean") throw rejectionFor(measured, "What was prepared cannot be read", path);
  return readSummary(measured.said);
}

/** The last summary that the filter ebur128 has written; it speaks of `-inf` where there is digital silence. */
export function readSummary(said: string): Loudness {
  const summary = said.slice(said.lastIndexOf("Summary:"));
  const figure = (pattern: RegExp) => Number((pattern.exec(summary)?.[1] ?? "nan").replace("inf", "Infinity"));
  const integrated = figure(/^\s*I:\s+(\S+) LUFS$/m);
  const truePeak = figure(/^\s*Peak:\s+(\S+) dBFS$/m);
  return Loudness.parse({ integrated: Math.max(-70, integrated), truePeak: Math.max(-100, truePeak) });
}
