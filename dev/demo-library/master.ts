import { execFileSync, spawnSync } from "node:child_process";
import { at, type Bus, RATE } from "./sound.ts";
import type { Track } from "./tracks/track.ts";

/** A WAVE file of 32-bit floats (format tag 3), so that nothing clips before the level is set. */
export function writeWave(bus: Bus): Buffer {
  const samples = bus.left.length;
  const file = Buffer.alloc(44 + samples * 8);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples * 8, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(3, 20);
  file.writeUInt16LE(2, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE * 8, 28);
  file.writeUInt16LE(8, 32);
  file.writeUInt16LE(32, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples * 8, 40);
  for (let i = 0; i < samples; i++) {
    file.writeFloatLE(at(bus.left, i), 44 + i * 8);
    file.writeFloatLE(at(bus.right, i), 48 + i * 8);
  }
  return file;
}

export function speak({ text, voice, speed }: Track["spoken"], target: string): void {
  execFileSync("espeak-ng", ["-v", voice, "-s", String(speed), "-g", "4", "-w", target, "--", text]);
}

/** Integrated loudness of a file in LUFS (EBU R 128). */
export function measureLoudness(file: string): number {
  const { stderr } = spawnSync(
    "ffmpeg",
    ["-hide_banner", "-nostats", "-i", file, "-af", "ebur128", "-f", "null", "-"],
    {
      encoding: "utf8",
    },
  );
  const [, loudness] = /Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS/.exec(stderr) ?? [];
  if (loudness === undefined) throw new Error(`ffmpeg measured no loudness of ${file}:\n${stderr}`);
  return Number(loudness);
}

/** Lays the voice over the beginning, sets the loudness without touching the dynamics, encodes, and writes the tags. */
export function encodeTrack(job: {
  music: string;
  voice: string;
  target: string;
  track: Track;
  loudness: number;
}): void {
  const gain = job.loudness - measureLoudness(job.music);
  const filter = [
    `[0]volume=${gain.toFixed(2)}dB[music]`,
    `[1]aresample=${RATE},highpass=f=110,lowpass=f=7000,aecho=0.8:0.5:23|41:0.18|0.12,loudnorm=I=-15:TP=-3,aresample=${RATE},aformat=channel_layouts=stereo,adelay=900:all=1,apad,asplit[voice][duck]`,
    "[music][duck]sidechaincompress=threshold=0.02:ratio=3:attack=60:release=600[ducked]",
    "[ducked][voice]amix=inputs=2:duration=first:normalize=0,alimiter=limit=0.8:level=0:attack=4:release=80[out]",
  ].join(";");
  const tags = { title: job.track.title, artist: job.track.artist, album: "Radio Dream demo", license: "CC0-1.0" };
  execFileSync("ffmpeg", [
    ...["-hide_banner", "-loglevel", "error", "-y", "-i", job.music, "-i", job.voice],
    ...["-filter_complex", filter, "-map", "[out]", "-c:a", "aac", "-b:a", "88k", "-ar", String(RATE)],
    ...Object.entries(tags).flatMap(([name, value]) => ["-metadata", `${name}=${value}`]),
    ...["-fflags", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart", job.target],
  ]);
}
