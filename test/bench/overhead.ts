import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "../harness/child.ts";
import { STATION, startStack } from "../harness/stack.ts";
import { followStream } from "../harness/stream-check.ts";
import { readSegment } from "../harness/transport-stream.ts";
import { percent, printTable } from "./table.ts";

/** What the transport stream adds to the raw AAC, beside what ffmpeg's own HLS muxer adds to the same AAC. */

const SEGMENTS = 15;
const RENDITIONS = ["aac-48k", "aac-128k"];

const stack = await startStack({ origins: 1 });
try {
  const checks = RENDITIONS.map((rendition) => followStream(stack.playlistUrl(rendition)));
  const newest = [...(await (await fetch(stack.playlistUrl())).text()).matchAll(/^(\d+)\.ts$/gm)].at(-1)?.[1];
  await Promise.all(checks.map((check) => check.reached(Number(newest) + SEGMENTS, SEGMENTS * 5000)));
  const rows = await Promise.all(
    checks.map(async (check, index) => {
      const { segments } = await check.stop();
      const bytes = [...segments.values()];
      const raw = sum(bytes.flatMap((segment) => readSegment(segment).frames.map(({ data }) => data.length)));
      const ours = sum(bytes.map((segment) => segment.length));
      return [RENDITIONS[index] ?? "", raw, percent(ours / raw - 1), percent((await packedByFfmpeg(bytes)) / raw - 1)];
    }),
  );
  printTable(
    `Transport stream over raw AAC, ${STATION}, segments of 150 frames`,
    ["rendition", "AAC bytes", "ours", "ffmpeg -f hls"],
    rows,
  );
} finally {
  await stack.stop();
}

/** Bytes that ffmpeg's HLS muxer makes of the same audio in segments of the same length. */
async function packedByFfmpeg(segments: readonly Buffer[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "radio-dream-bench-"));
  const input = ["-v", "error", "-f", "mpegts", "-i", "pipe:0", "-c", "copy"];
  const output = ["-f", "hls", "-hls_time", "3.2", "-hls_list_size", "0", join(folder, "live.m3u8")];
  const child = await startChild("ffmpeg", [...input, ...output], { stdin: true });
  child.stdin?.end(Buffer.concat(segments));
  const how = await child.ended;
  if (how !== "exit 0") throw new Error(`ffmpeg: ${how} ${child.lines.map(({ text }) => text).join(" ")}`);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts"));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  await rm(folder, { recursive: true });
  return sum(sizes);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
