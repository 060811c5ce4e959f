import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeTrack, measureLoudness, speak, writeWave } from "./master.ts";
import { harbourLights } from "./tracks/harbour-lights.ts";
import { morningTide } from "./tracks/morning-tide.ts";
import { nightTrain } from "./tracks/night-train.ts";
import { paperLanterns } from "./tracks/paper-lanterns.ts";

/** Composes, speaks and encodes the demo library anew. Needs ffmpeg and espeak-ng on the PATH; takes some minutes. */
const TRACKS = [morningTide, nightTrain, paperLanterns, harbourLights];
const LOUDNESS_LUFS = -16;

const work = mkdtempSync(join(tmpdir(), "demo-library-"));
try {
  for (const track of TRACKS) {
    const music = join(work, "music.wav");
    const voice = join(work, "voice.wav");
    const target = join(import.meta.dirname, "demo", `${track.file}.m4a`);
    writeFileSync(music, writeWave(track.render()));
    speak(track.spoken, voice);
    encodeTrack({ music, voice, target, track, loudness: LOUDNESS_LUFS });
    console.log(`${track.file}.m4a: ${track.title}, ${measureLoudness(target).toFixed(1)} LUFS`);
  }
} finally {
  rmSync(work, { recursive: true });
}
