import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { toneSource } from "./publisher.ts";

export type LibraryTone = { frequency: number; amplitude?: number; seconds?: number };

/**
 * A library (one folder a station) whose tracks are tones, so that what is heard tells what is on. FLAC, for its
 * tracks are exactly as long as they say; a whole number of periods, so that they join without a seam.
 */
export async function makeToneLibrary(folder: string, station: string, tones: readonly LibraryTone[]): Promise<void> {
  await mkdir(join(folder, station), { recursive: true });
  await Promise.all(
    tones.map(({ frequency, amplitude, seconds = 60 }, index) =>
      promisify(execFile)("ffmpeg", [
        ...["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", toneSource(frequency, amplitude)],
        ...["-t", String(seconds)],
        ...["-metadata", `title=${frequency} Hz`, join(folder, station, `${index + 1}-${frequency}-hz.flac`)],
      ]),
    ),
  );
}
