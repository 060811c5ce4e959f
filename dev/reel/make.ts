import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bitrateOf, DEFAULT_RENDITIONS, type RenditionName } from "../../contracts/names.ts";
import { SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { splitAdts } from "../../origin/packager/fixtures/transport-stream-reader.ts";
import { writeWave } from "../demo-library/master.ts";
import { RATE } from "../demo-library/sound.ts";
import { composeCalmLoop, LOOP_SECONDS, repeat } from "./calm-loop.ts";
import { packReel } from "./pack-reel.ts";

/** Composes and encodes the default reel anew. Needs ffmpeg on the PATH; takes a few seconds. */
const TARGET = join(import.meta.dirname, "../../worker/reel/default");
const LOOP_FRAMES = Math.round((LOOP_SECONDS * RATE) / SAMPLES_PER_FRAME);

/** The second of three rounds, so that the first frame overlaps with the last as when the reel goes round. */
function encodeRound(wave: Buffer, rendition: RenditionName): Buffer[] {
  const adts = execFileSync(
    "ffmpeg",
    [
      ...["-v", "error", "-f", "wav", "-i", "pipe:0", "-ac", "2", "-ar", String(RATE)],
      ...["-c:a", "aac", "-b:a", String(bitrateOf(rendition)), "-fflags", "+bitexact", "-f", "adts", "pipe:1"],
    ],
    { input: wave, maxBuffer: 16 << 20 },
  );
  return splitAdts(adts).slice(LOOP_FRAMES, 2 * LOOP_FRAMES);
}

const wave = writeWave(repeat(composeCalmLoop(), 3));
const frames = new Map(DEFAULT_RENDITIONS.map((rendition) => [rendition, encodeRound(wave, rendition)]));
const { manifest, objects } = packReel("We will be right back", frames);
rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });
for (const [sha256, object] of objects) writeFileSync(join(TARGET, `${sha256}.mpegts`), object);
writeFileSync(join(TARGET, "manifest.json"), `${JSON.stringify(manifest)}\n`);
