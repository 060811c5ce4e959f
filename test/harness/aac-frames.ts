import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readAdtsFrames } from "./adts.ts";

const made = new Map<string, Promise<Buffer[]>>();

/**
 * AAC frames (48 kHz, stereo, without headers) of an ffmpeg source such as `sine=frequency=440`. Made once and shared:
 * do not write to them.
 */
export function encodeFrames(source: string, seconds: number): Promise<readonly Buffer[]> {
  const name = `${seconds} ${source}`;
  const frames = made.get(name) ?? encode(source, seconds);
  made.set(name, frames);
  return frames;
}

async function encode(source: string, seconds: number): Promise<Buffer[]> {
  const input = ["-f", "lavfi", "-i", source, "-t", String(seconds), "-ac", "2", "-ar", "48000"];
  const output = ["-c:a", "aac", "-b:a", "64k", "-f", "adts", "pipe:1"];
  const { stdout } = await promisify(execFile)("ffmpeg", ["-v", "error", "-nostdin", ...input, ...output], {
    encoding: "buffer",
    maxBuffer: 16 << 20,
    timeout: 20_000,
  });
  return readAdtsFrames(stdout).map((frame) => Buffer.from(frame.data));
}
