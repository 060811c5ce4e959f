import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Track } from "../../../contracts/media.ts";
import type { RundownItem } from "../../../contracts/rundown-item.ts";
import { SAMPLE_RATE } from "../../../contracts/timeline.ts";
import { exampleTrack } from "../../plan/fixtures/edge.ts";
import type { PreparedFiles } from "../../plan/prepared-cache.ts";
import { BINARIES } from "../test-rig.ts";

/** What tests of the rundown share: prepared files, made by ffmpeg's sources, and a cache that may lack some. */

export const fileOf = (folder: string, track: Track) => join(folder, `${track.prepared.sha256}.flac`);

export function prepareTrack(folder: string, title: string, source: string, seconds: number): Track {
  const draft = join(folder, "draft.flac");
  const input = ["-v", "error", "-f", "lavfi", "-i", `${source}:sample_rate=48000:duration=${seconds}`];
  execFileSync(BINARIES.ffmpeg, [...input, "-ac", "2", "-sample_fmt", "s16", "-y", draft]);
  const bytes = readFileSync(draft);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const track = exampleTrack({ sha256, bytes: bytes.length, samples: seconds * SAMPLE_RATE }, title);
  renameSync(draft, fileOf(folder, track));
  return track;
}

export function filesIn(folder: string): PreparedFiles & { missing: Set<string> } {
  const missing = new Set<string>();
  return {
    missing,
    pathOf: ({ sha256 }) => (missing.has(sha256) ? null : join(folder, `${sha256}.flac`)),
    discard: (sha256) => missing.add(sha256),
  };
}

export function rundownOf(items: () => readonly RundownItem[]) {
  return {
    at: (from: number, until: number) => items().filter((item) => item.until > from && item.from < until),
  };
}
