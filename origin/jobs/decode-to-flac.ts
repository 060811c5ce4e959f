import { MAX_PREPARED_BYTES } from "../../contracts/jobs.ts";
import { SAMPLE_RATE } from "../../contracts/timeline.ts";
import { FILE_OPTIONS, inputOf } from "../programme/decoder.ts";
import { endingOf, startGuardedChild } from "./guarded-child.ts";
import { LevelCurve } from "./level-curve.ts";
import { excessOf, isTooSlow } from "./limits.ts";
import { FileRejectedError, JobReturnedError, lastWords, rejectionFor } from "./outcome.ts";
import type { Workbench } from "./workbench.ts";

const LOOK_EVERY_MS = 1000;
const FILE_TOO_LARGE = "was ended by SIGXFSZ";
const PCM = ["-f", "s16le", "pipe:1"];
/** Nothing in it depends on who made it or when: the same sound has the same hash. */
const FLAC = ["-c:a", "flac", "-threads", "1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "flac", "-y"];

export type Decoded = {
  curve: LevelCurve;
  /** What ffmpeg said of what it could not read; empty when it could read all. */
  complaint: string;
};

/**
 * Decodes a file to its end in one go: to FLAC of 48 kHz, stereo, 16 bit at `target`, and by a pipe to the level curve.
 * Throws FileRejectedError when it unpacks to more than is taken, JobReturnedError when it takes too long.
 */
export async function decodeToFlac(
  source: { path: string; bytes: number },
  target: string,
  { ffmpeg, limits, clock, signal }: Workbench,
  onProgress: (seconds: number) => void,
): Promise<Decoded> {
  signal.throwIfAborted();
  const child = startGuardedChild(ffmpeg, argumentsFor(source.path, target), limits);
  const curve = new LevelCurve();
  const startedAt = clock.monotonic();
  const seconds = () => curve.samples / SAMPLE_RATE;
  let stopped: Error | null = null;
  const stop = (reason: Error) => {
    stopped ??= reason;
    child.kill();
  };
  const abort = () => stop(new JobReturnedError("the work was broken off"));
  signal.addEventListener("abort", abort, { once: true });
  const watch = setInterval(() => {
    if (isTooSlow(clock.monotonic() - startedAt, seconds()))
      stop(new JobReturnedError(`Decoding came no further than ${Math.round(seconds())} s.`));
    else onProgress(seconds());
  }, LOOK_EVERY_MS);

  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      curve.push(chunk);
      const excess = excessOf(seconds(), source.bytes);
      if (excess !== null) stop(new FileRejectedError(excess));
    }
    const ending = endingOf(await child.ended);
    if (stopped !== null) throw stopped;
    if (ending.said.startsWith(FILE_TOO_LARGE) && limits.fileBytes >= MAX_PREPARED_BYTES)
      throw new FileRejectedError("Prepared for the air, the file would have more than 2 GB.");
    if (ending.how !== "clean") throw rejectionFor(ending, "The sound in the file cannot be decoded", source.path);
    return { curve, complaint: lastWords(ending.said, source.path) };
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", abort);
    child.kill();
    await child.ended;
  }
}

function argumentsFor(path: string, target: string): string[] {
  const graph = "[0:a:0]aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=stereo,asplit=2[curve][prepared]";
  return [
    ...["-nostdin", "-threads", "1", ...FILE_OPTIONS, "-i", inputOf(path)],
    ...["-filter_complex_threads", "1", "-filter_complex", graph],
    ...["-map", "[curve]", ...PCM],
    ...["-map", "[prepared]", "-map_metadata", "-1", "-map_chapters", "-1", ...FLAC, inputOf(target)],
  ];
}
