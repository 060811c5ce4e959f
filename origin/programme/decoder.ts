import { ChildProcess } from "node:child_process";
import { PassThrough, type Readable } from "node:stream";
import fluentFfmpeg, { type FfmpegCommand } from "fluent-ffmpeg";
import { CHANNELS, SAMPLE_RATE } from "../../contracts/timeline.ts";
import { endWithUs } from "../process/child.ts";

/** An ffmpeg that turns a file or a live feed into s16le, 48 kHz, stereo. Pausing `pcm` pauses the process. */
export type Decoder = {
  readonly pcm: Readable;
  /** Why it ended; empty after a clean end. Resolves when the process is gone, and never rejects. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
};

/** Only what holds audio by itself: no playlist or script that would make ffmpeg open other files. */
const FORMATS = [
  ...["aac", "ac3", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dsf", "eac3", "flac", "flv", "matroska"],
  ...[
    "matroska,webm",
    "mov",
    "mov,mp4,m4a,3gp,3g2,mj2",
    "mp3",
    "mpc",
    "mpc8",
    "mpegts",
    "ogg",
    "tta",
    "w64",
    "wav",
    "wv",
  ],
].join(",");

/** Options for reading a file that somebody else has named and made. */
export const FILE_OPTIONS = ["-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS];

/** What makes a path safe as an input, whatever characters it has: never an option, a protocol or a pattern. */
export function inputOf(absolutePath: string): string {
  return `file:${absolutePath}`;
}

let warming: { ffmpeg: string; ready: Promise<void> } | null = null;

/**
 * Tells fluent-ffmpeg which binaries to use, and has it ask them for their abilities now, since it would do so before
 * the first decoder and a live host would wait for it. Rejects when ffmpeg does not run.
 */
export function warmUp(binaries: { ffmpeg: string; ffprobe: string }): Promise<void> {
  if (warming?.ffmpeg === binaries.ffmpeg) return warming.ready;
  fluentFfmpeg.setFfmpegPath(binaries.ffmpeg);
  fluentFfmpeg.setFfprobePath(binaries.ffprobe);
  const ask = (what: "getAvailableFormats" | "getAvailableEncoders") =>
    new Promise<void>((resolve, reject) => {
      fluentFfmpeg[what]((error) => (error ? reject(error) : resolve()));
    });
  const ready = ask("getAvailableFormats").then(() => ask("getAvailableEncoders"));
  warming = { ffmpeg: binaries.ffmpeg, ready };
  return ready;
}

/** Low is for work that the air does not wait for. */
export type Priority = "normal" | "low";

/**
 * Decodes a local file from `offset` samples on; the first samples after an offset may be damped. `filter` is one of
 * ffmpeg's that changes neither number nor time of the samples.
 */
export function decodeFile(
  absolutePath: string,
  offset: number,
  { priority = "normal", filter = null }: { priority?: Priority; filter?: string | null } = {},
): Decoder {
  const command = fluentFfmpeg({ niceness: priority === "low" ? 10 : 0 })
    .input(inputOf(absolutePath))
    .inputOptions("-nostdin", "-threads", "1", ...FILE_OPTIONS);
  if (offset > 0) command.seekInput(offset / SAMPLE_RATE);
  if (filter !== null) command.audioFilters(filter);
  return run(command);
}

/** Decodes FLV that is written to `input`, with as little delay as ffmpeg can. */
export function decodeFlv(): Decoder & { input: PassThrough } {
  const input = new PassThrough();
  const command = fluentFfmpeg(input)
    .inputFormat("flv")
    .inputOptions("-nostdin", "-v", "error", "-threads", "1", "-protocol_whitelist", "pipe")
    // A probe that waits for more, or drops what it has read, would delay the host on air.
    .inputOptions("-probesize", "4096", "-analyzeduration", "1");
  return { ...run(command), input };
}

function run(command: FfmpegCommand): Decoder {
  // A stream that closed by itself would make fluent-ffmpeg report an error where there is none.
  const pcm = new PassThrough({ autoDestroy: false, emitClose: false });
  const gone = Promise.withResolvers<string>();
  let isClosed = false;
  let child: ChildProcess | null = null;

  command
    .noVideo()
    .outputOptions("-map", "0:a:0", "-threads", "1", "-flush_packets", "1")
    .audioFrequency(SAMPLE_RATE)
    .audioChannels(CHANNELS)
    .format("s16le")
    .on("start", () => {
      const started: unknown = Reflect.get(command, "ffmpegProc");
      if (!(started instanceof ChildProcess)) throw new TypeError("fluent-ffmpeg does not show its process");
      child = started;
      endWithUs(child);
      if (isClosed) child.kill("SIGKILL");
    })
    .on("error", (error, _stdout, stderr) => finish(stderr?.trim().slice(-500) || error.message))
    .on("end", (_stdout, stderr) => finish(stderr?.trim().slice(-500) ?? ""));
  command.pipe(pcm);

  const finish = (reason: string) => {
    if (child === null || child.pid === undefined) pcm.end();
    if (child === null || child.exitCode !== null || child.signalCode !== null) gone.resolve(reason);
    else child.once("close", () => gone.resolve(reason));
  };
  return {
    pcm,
    ended: gone.promise,
    close() {
      isClosed = true;
      child?.kill("SIGKILL");
      pcm.resume();
      return gone.promise.then(() => undefined);
    },
  };
}
