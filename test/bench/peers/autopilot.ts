import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Child } from "../../harness/child.ts";
import type { Workshop } from "../../relays/server.ts";

/** ffmpeg plays a station's recordings over and over, in real time, into one RTMP address for each bit rate (kbit/s). */
export async function startAutopilot(
  workshop: Workshop,
  folder: string,
  outputs: readonly { kbits: number; url: string }[],
): Promise<Child> {
  const list = join(folder, "list.txt");
  const files = (await readdir(folder)).filter((name) => name !== "list.txt").toSorted();
  await writeFile(list, files.map((name) => `file '${join(folder, name)}'\n`).join(""));
  const input = ["-re", "-stream_loop", "-1", "-f", "concat", "-safe", "0", "-i", list];
  const encoders = outputs.flatMap(({ kbits, url }) => [
    ...["-map", "0:a:0", "-c:a", "aac", "-b:a", `${kbits}k`, "-ar", "48000", "-ac", "2", "-f", "flv", url],
  ]);
  return workshop.run("ffmpeg", ["-nostdin", "-v", "error", ...input, ...encoders]);
}
