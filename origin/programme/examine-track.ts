import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import fluentFfmpeg from "fluent-ffmpeg";
import { z } from "zod";
import { SAMPLE_RATE } from "../../contracts/timeline.ts";
import { withTimeout } from "../../kit/race.ts";
import { type Decoder, decodeFile, FILE_OPTIONS, inputOf, type Priority } from "./decoder.ts";
import { BYTES_PER_SAMPLE } from "./pcm-ring.ts";
import type { Track } from "./rotation.ts";

export class TrackRejectedError extends Error {
  override name = "TrackRejectedError";
}

const PROBE_TIMEOUT_MS = 10_000;
/** Decoding runs a hundred times faster than the sound; a fifth of its length says that something is wrong. */
const DECODE_TIMEOUT_MS = 20_000;
const DECODE_SHARE = 0.2;
const SHORTEST_SECONDS = 1;
/** These have no length of their own: what ffprobe says of them is an estimate. */
const ESTIMATED = new Set(["mp3", "aac", "ac3", "eac3", "amr"]);

const Seconds = z.coerce.number().nonnegative().catch(0);
const Tags = z.record(z.string(), z.coerce.string()).catch({});
const Probed = z.object({
  streams: z.array(z.object({ codec_type: z.string().optional(), tags: Tags.optional() })),
  format: z.object({ format_name: z.string().catch(""), duration: Seconds, tags: Tags.optional() }),
});
type Probed = z.infer<typeof Probed>;

/**
 * Probes a file and decodes it to its end once: only so is its exact length known, and that it can be played at all.
 * Throws TrackRejectedError with the reason.
 */
export async function examineTrack(
  absolutePath: string,
  path: string,
  priority: Priority,
  signal: AbortSignal,
): Promise<Track> {
  if ((await stat(absolutePath)).size === 0) throw new TrackRejectedError("is empty");
  const probed = await probe(absolutePath);
  if (!probed.streams.some((stream) => stream.codec_type === "audio")) throw new TrackRejectedError("has no audio");
  const declared = probed.format.duration;
  const timeoutMs = DECODE_TIMEOUT_MS + declared * DECODE_SHARE * 1000;
  const samples = await measure(decodeFile(absolutePath, 0, { priority }), timeoutMs, signal);
  const seconds = samples / SAMPLE_RATE;
  if (seconds < SHORTEST_SECONDS) throw new TrackRejectedError("has less than a second of sound");
  if (!ESTIMATED.has(probed.format.format_name) && seconds < declared * 0.95 - 1)
    throw new TrackRejectedError(`is truncated: ${seconds.toFixed(0)} s of ${declared.toFixed(0)} s decode`);
  const tags = [probed.format.tags, ...probed.streams.map((stream) => stream.tags)];
  const title = tagOf(tags, "title") || plain(basename(path, extname(path)));
  return { path, title, artist: tagOf(tags, "artist"), samples };
}

/** fluent-ffmpeg gives no hold on its ffprobe, which reads a bounded part of the file and ends by itself. */
function probe(absolutePath: string): Promise<Probed> {
  return withTimeout(PROBE_TIMEOUT_MS, "ffprobe", async () => {
    const answer = await new Promise<unknown>((resolve, reject) => {
      fluentFfmpeg(inputOf(absolutePath)).ffprobe(FILE_OPTIONS, (error: unknown, data: unknown) =>
        error
          ? reject(
              new TrackRejectedError(`cannot be read: ${lastLine(error).replace(`${inputOf(absolutePath)}: `, "")}`),
            )
          : resolve(data),
      );
    });
    const parsed = Probed.safeParse(answer);
    if (!parsed.success) throw new TrackRejectedError("ffprobe's answer makes no sense");
    return parsed.data;
  });
}

async function measure(decoder: Decoder, timeoutMs: number, signal: AbortSignal): Promise<number> {
  signal.addEventListener("abort", decoder.close, { once: true });
  let bytes = 0;
  decoder.pcm.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  try {
    const reason = await withTimeout(timeoutMs, "decoding", () => decoder.ended);
    if (bytes === 0) throw new TrackRejectedError(`does not decode: ${plain(reason.split("\n")[0] ?? "")}`);
    return Math.floor(bytes / BYTES_PER_SAMPLE);
  } finally {
    signal.removeEventListener("abort", decoder.close);
    await decoder.close();
  }
}

function tagOf(sets: readonly (Record<string, string> | undefined)[], name: string): string {
  for (const tags of sets) {
    const entry = Object.entries(tags ?? {}).find(([key]) => key.toLowerCase() === name);
    if (entry !== undefined && plain(entry[1]) !== "") return plain(entry[1]);
  }
  return "";
}

function plain(text: string): string {
  return text
    .replace(/\p{C}+/gu, " ")
    .trim()
    .slice(0, 300);
}

function lastLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return plain(text.trim().split("\n").at(-1) ?? "");
}
