import { segmentSeconds, segmentTime } from "../../contracts/timeline.ts";
import { type Sound, soundOfPcm } from "./audio/sound.ts";
import { startChild } from "./child.ts";

/** Segments as sound, each sample of which has its place on the timeline. */
export type Recording = {
  sound: Sound;
  /** Programme time of the first sample, Unix ms, true to one frame. */
  startsAt: number;
  /** Programme time of a second of the recording, Unix ms. */
  timeAt(second: number): number;
};

/** Decodes consecutive segments; throws when one is missing or when the sound is not exactly as long as they are. */
export async function decodeSegments(
  segments: ReadonlyMap<number, Buffer>,
  framesPerSegment = 150,
): Promise<Recording> {
  const [first, ...more] = [...segments.keys()];
  if (first === undefined) throw new Error("no segments");
  for (const [index, number] of more.entries()) {
    if (number !== first + index + 1) throw new Error(`segment ${first + index + 1} is missing`);
  }
  const chunks: Buffer[] = [];
  const decode = ["-f", "mpegts", "-i", "pipe:0", "-f", "s16le", "-ac", "2", "-ar", "48000", "pipe:1"];
  const child = await startChild("ffmpeg", ["-hide_banner", "-loglevel", "error", ...decode], {
    stdin: true,
    onOutput: (chunk) => chunks.push(chunk),
  });
  child.stdin?.end(Buffer.concat([...segments.values()]));
  const how = await child.ended;
  const complaints = child.lines.map((line) => line.text).join("; ");
  if (how !== "exit 0" || complaints !== "") throw new Error(`ffmpeg: ${how} ${complaints}`);
  const sound = soundOfPcm(Buffer.concat(chunks));
  const expected = Math.round(segments.size * segmentSeconds(framesPerSegment) * sound.rate);
  if (sound.samples.length !== expected) throw new Error(`${sound.samples.length} samples, not ${expected}`);
  const startsAt = segmentTime(first, framesPerSegment);
  return { sound, startsAt, timeAt: (second) => startsAt + second * 1000 };
}
