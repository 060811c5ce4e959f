import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { segmentSeconds } from "../../contracts/timeline.ts";

const run = promisify(execFile);

/** That many consecutive segments of AAC in MPEG-TS, with running time stamps: a chord that goes on and on. */
export async function makeSegments(count: number, framesPerSegment: number): Promise<Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), "radio-dream-fixture-"));
  try {
    const seconds = segmentSeconds(framesPerSegment);
    const chord = `aevalsrc=0.1*sin(440*PI*t)+0.1*sin(660*PI*t):s=48000:d=${seconds * count}`;
    const encode = ["-c:a", "aac", "-b:a", "48k", "-ac", "2"];
    const slice = ["-f", "segment", "-segment_time", `${seconds}`, "-segment_format", "mpegts"];
    await run(process.env.FFMPEG_PATH ?? "ffmpeg", [
      ...["-v", "error", "-f", "lavfi", "-i", chord, ...encode, ...slice],
      join(folder, "%04d.ts"),
    ]);
    const names = (await readdir(folder)).sort().slice(0, count);
    return await Promise.all(names.map((name) => readFile(join(folder, name))));
  } finally {
    await rm(folder, { recursive: true });
  }
}
