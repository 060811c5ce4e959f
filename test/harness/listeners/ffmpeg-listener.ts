import { closeSync, openSync, writeSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PCM_BYTES_PER_SECOND, type Sound, soundOfPcm } from "../audio/sound.ts";
import { startChild } from "../child.ts";
import type { Heard, Listener } from "./listener.ts";
import { Playout } from "./playout.ts";

export type FfmpegListener = Listener & {
  /** What was decoded so far, up to `maxSeconds`. */
  sound(): Promise<Sound>;
  /** Removes what was recorded; the listener must have been stopped. */
  discard(): Promise<void>;
};

/**
 * ffmpeg as a listener, over HLS or RTMP: it decodes as the sound comes, and a playout tells where a player in its
 * place would have stalled. Everything ffmpeg says from `warning` on is a problem.
 */
export async function listenWithFfmpeg(url: string, { maxSeconds = 900 } = {}): Promise<FfmpegListener> {
  const folder = await mkdtemp(join(tmpdir(), "radio-dream-listener-"));
  const path = join(folder, "sound.s16le");
  const file = openSync(path, "w");
  const playout = new Playout();
  const input = ["-hide_banner", "-nostdin", "-loglevel", "level+warning", "-i", url];
  const output = ["-map", "0:a:0", "-f", "s16le", "-ac", "2", "-ar", "48000", "pipe:1"];
  const child = await startChild("ffmpeg", [...input, ...output], {
    onOutput: (chunk) => {
      if (playout.received < maxSeconds) writeSync(file, chunk);
      playout.arrived(Date.now(), chunk.length / PCM_BYTES_PER_SECOND);
    },
  });
  let end: string | null = null;
  child.ended.then((how) => {
    closeSync(file);
    end = how;
  });
  let final: Heard | null = null;
  const heard = (): Heard => {
    if (final) return final;
    const now = Date.now();
    return {
      player: "ffmpeg",
      since: playout.began,
      seconds: playout.received,
      stalls: playout.stallsUntil(now),
      problems: [...child.lines.map((line) => line.text), ...(end === null ? [] : [`ended by itself: ${end}`])],
    };
  };
  return {
    heard,
    stop: async () => {
      final = heard();
      await child.stop();
      return final;
    },
    sound: async () => soundOfPcm(await readFile(path)),
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}
