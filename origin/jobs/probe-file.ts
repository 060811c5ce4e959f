import { z } from "zod";
import { FILE_OPTIONS, inputOf } from "../programme/decoder.ts";
import { decodeText } from "./clean-text.ts";
import { runGuardedChild } from "./guarded-child.ts";
import { MAX_SECONDS } from "./limits.ts";
import type { Tags } from "./metadata.ts";
import { FileRejectedError, rejectionFor } from "./outcome.ts";
import type { Workbench } from "./workbench.ts";

export type Probe = {
  /** ffmpeg's name of the container. */
  format: string;
  /** How long the file says, or seems, to be, in s; 0 where it does not say. */
  seconds: number;
  /** Number of the stream that holds the cover; null where there is none. */
  cover: number | null;
  /** Of the file, and of its streams. */
  tags: readonly Tags[];
};

const WITHIN_MS = 30_000;
const MAX_ANSWER_BYTES = 1 << 20;
const OPTIONS = [
  // Bytes that are no UTF-8 come as they are, so that what was meant can still be found out.
  ...["-of", "json=string_validation=ignore", "-show_entries"],
  "format=format_name,duration:format_tags:stream=codec_type,channels:stream_tags:stream_disposition=attached_pic",
];

const TagSet = z.record(z.string(), z.coerce.string()).catch({});
const Answer = z.object({
  streams: z.array(
    z.object({
      codec_type: z.string().default(""),
      channels: z.int().catch(0),
      disposition: z.object({ attached_pic: z.int() }).catch({ attached_pic: 0 }),
      tags: TagSet,
    }),
  ),
  format: z.object({
    format_name: z.string().default(""),
    duration: z.coerce.number().nonnegative().catch(0),
    tags: TagSet,
  }),
});

/** Asks ffprobe what is in a file. Throws FileRejectedError where that is no sound, or too much of it. */
export async function probeFile(path: string, { ffprobe, limits, signal }: Workbench): Promise<Probe> {
  const args = [...FILE_OPTIONS, ...OPTIONS, inputOf(path)];
  const answer = await runGuardedChild(ffprobe, args, {
    limits,
    withinMs: WITHIN_MS,
    maxBytes: MAX_ANSWER_BYTES,
    signal,
  });
  if (answer.how !== "clean") throw rejectionFor(answer, "The file is not sound of any kind that can be read", path);
  const { streams, format } = readAnswer(answer.output);
  // What only the name of a file makes ffprobe take for sound has no channels.
  if (!streams.some((stream) => stream.codec_type === "audio" && stream.channels > 0))
    throw new FileRejectedError("There is no sound in the file.");
  if (format.duration > MAX_SECONDS)
    throw new FileRejectedError(
      `The file says that it lasts ${hours(format.duration)} h; at most ${hours(MAX_SECONDS)} h are taken.`,
    );
  const cover = streams.findIndex((stream) => stream.codec_type === "video" && stream.disposition.attached_pic === 1);
  return {
    format: format.format_name,
    seconds: format.duration,
    cover: cover === -1 ? null : cover,
    tags: [format.tags, ...streams.map(({ tags }) => tags)],
  };
}

/** Each line by itself: one tag in another encoding does not spoil the others. */
function readAnswer(output: Buffer): z.infer<typeof Answer> {
  const lines: string[] = [];
  for (let from = 0; from < output.length; ) {
    const end = output.indexOf("\n", from);
    const until = end === -1 ? output.length : end;
    lines.push(decodeText(output.subarray(from, until)));
    from = until + 1;
  }
  return Answer.parse(JSON.parse(lines.join("\n")));
}

const hours = (seconds: number) => Math.round(seconds / 360) / 10;
