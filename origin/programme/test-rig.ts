import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, vi } from "vitest";
import type { RenditionName } from "../../contracts/names.ts";
import { SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog, type Log } from "../../kit/log.ts";
import { FlvReader, type FlvTag } from "../ingest/flv.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import { adtsHeader } from "../packager/aac.ts";
import { startChild } from "../process/child.ts";
import { findFfmpeg } from "../process/ffmpeg.ts";
import { createAddressGuard } from "../relay/address.ts";
import type { Incident } from "./incident-gate.ts";
import { samplesOf } from "./pcm-ring.ts";
import { type Programme, type ProgrammeOptions, startProgramme } from "./programme.ts";

/** What the programme's tests share: tone files, a host whose line can be bent at will, and ears. */

export const BINARIES = findFfmpeg(process.env);
export const RENDITION = "aac-128k" satisfies RenditionName;

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "programme-"));
}

export function dropFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes a sine of about -21 dBFS; the file's ending says the format. */
export function writeTone(path: string, hertz: number, seconds: number, ...options: string[]): void {
  const tone = `sine=frequency=${hertz}:sample_rate=48000:duration=${seconds}`;
  execFileSync(BINARIES.ffmpeg, [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    tone,
    "-ac",
    "2",
    ...options,
    "-y",
    `file:${path}`,
  ]);
}

export function silentLog(): Log {
  return createLog({ level: process.env.TEST_LOG === "1" ? "debug" : "warn" });
}

export type Recording = {
  programme: Programme;
  frames: Map<RenditionName, { frame: number; data: Buffer; at: number }[]>;
  incidents: Incident[];
};

export function record(options: Partial<ProgrammeOptions> & { libraryFolder: string }): Recording {
  const frames: Recording["frames"] = new Map();
  const incidents: Incident[] = [];
  const programme = startProgramme({
    station: "demo",
    renditions: [RENDITION],
    framesPerSegment: 15,
    planned: () => null,
    prepared: { pathOf: () => null, discard: () => {} },
    relayGuard: createAddressGuard(true),
    ffmpeg: BINARIES,
    startFrame: null,
    liveAllowed: true,
    liveSilenceSeconds: 15,
    onFrame: (rendition, frame, data) => {
      const list = frames.get(rendition) ?? [];
      list.push({ frame, data: Buffer.from(data), at: performance.now() });
      frames.set(rendition, list);
    },
    onIncident: (incident) => incidents.push(incident),
    clock: systemClock,
    log: silentLog(),
    ...options,
  });
  return { programme, frames, incidents };
}

export function framesOf({ frames }: Recording, rendition: RenditionName = RENDITION) {
  return frames.get(rendition) ?? [];
}

/** Frame numbers that do not follow the one before. */
export function breaksIn(frames: readonly { frame: number }[]): number[] {
  return frames.filter(({ frame }, i) => i > 0 && frame !== (frames[i - 1]?.frame ?? 0) + 1).map(({ frame }) => frame);
}

/** Decodes raw access units to mono samples; the first sample belongs to the first frame's number. */
export async function decode(frames: readonly { data: Buffer }[]): Promise<Float32Array> {
  const adts = Buffer.concat(frames.flatMap(({ data }) => [adtsHeader(data.length), data]));
  const decoder = startChild(BINARIES.ffmpeg, "-v error -f aac -i pipe:0 -f s16le -ac 2 pipe:1".split(" "));
  const pcm: Buffer[] = [];
  decoder.stdout.on("data", (chunk: Buffer) => pcm.push(chunk));
  decoder.stdin.end(adts);
  const reason = await decoder.ended;
  if (reason !== "exited with code 0") throw new Error(reason);
  const stereo = samplesOf(Buffer.concat(pcm));
  return Float32Array.from({ length: stereo.length / 2 }, (_, i) => (stereo[2 * i] ?? 0) / 32768);
}

/** What a decoder that starts in the middle gets wrong. */
export const SETTLING_FRAMES = 5;
const WINDOW = 960;

/** Loudness in dBFS of each window of 20 ms. */
export function loudness(samples: Float32Array): number[] {
  return Array.from({ length: Math.floor(samples.length / WINDOW) }, (_, window) => {
    const squares = samples
      .subarray(window * WINDOW, (window + 1) * WINDOW)
      .reduce((sum, value) => sum + value * value, 0);
    return 10 * Math.log10(squares / WINDOW + 1e-12);
  });
}

/** Largest second difference: a sine of amplitude a and f Hz stays below a * (2 pi f / 48000)^2, and a click does not. */
export function roughness(samples: Float32Array): number {
  let most = 0;
  for (let i = 2; i < samples.length; i++) {
    const bend = Math.abs((samples[i] ?? 0) - 2 * (samples[i - 1] ?? 0) + (samples[i - 2] ?? 0));
    if (bend > most) most = bend;
  }
  return most;
}

/** Share of a tone in each window of 20 ms, as its amplitude (Goertzel). */
export function tonePresence(samples: Float32Array, hertz: number): number[] {
  const turn = 2 * Math.cos((2 * Math.PI * hertz) / 48_000);
  return Array.from({ length: Math.floor(samples.length / WINDOW) }, (_, window) => {
    let last = 0;
    let before = 0;
    for (const value of samples.subarray(window * WINDOW, (window + 1) * WINDOW)) {
      [last, before] = [value + turn * last - before, last];
    }
    return (2 * Math.sqrt(Math.max(0, last * last + before * before - turn * last * before))) / WINDOW;
  });
}

/** From when until when, in seconds, a tone is fainter, and by which factor. */
type Faint = { from: number; until: number; gain: number };

const tagsOfTone = new Map<string, FlvTag[]>();

/** Tags as a host's ffmpeg would send them. */
function toneTags(hertz: number, seconds: number, faint?: Faint): FlvTag[] {
  const source = `sine=frequency=${hertz}:sample_rate=48000:duration=${seconds}`;
  const tone = faint ? `${source},volume=${faint.gain}:enable='between(t,${faint.from},${faint.until})'` : source;
  const known = tagsOfTone.get(tone);
  if (known !== undefined) return known;
  const flv = execFileSync(
    BINARIES.ffmpeg,
    ["-v", "error", "-f", "lavfi", "-i", tone, "-ac", "2", "-c:a", "aac", "-b:a", "128k", "-f", "flv", "pipe:1"],
    { maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] },
  );
  const tags: FlvTag[] = [];
  new FlvReader((tag) => tags.push(tag)).push(flv);
  tagsOfTone.set(tone, tags);
  return tags;
}

export type Host = {
  feed: LiveFeed;
  /** When the first audio tag was sent, by performance.now(). */
  startedAt: number;
  /** Holds the line's data back until `thaw`, which sends it all at once. */
  freeze(): void;
  thaw(): void;
};

/** A host that sends a tone, `speed` times as fast as its timestamps say, in bursts of `burstMs`. */
export function goLive(
  hertz: number,
  how: { speed?: number; burstMs?: number; seconds?: number; name?: string; faint?: Faint } = {},
): Host {
  const { speed = 1, burstMs = 0, seconds = 12, name = "Ada", faint } = how;
  const tags = toneTags(hertz, seconds, faint);
  const listeners = new Set<(tag: FlvTag) => void>();
  const ended = Promise.withResolvers<string>();
  const startedAt = performance.now();
  const abort = new AbortController();
  let isFrozen = false;
  const close = (reason: string) => {
    abort.abort();
    listeners.clear();
    ended.resolve(reason);
  };
  const header = tags.find((tag) => tag.type === 8);
  const send = async () => {
    let sent = 0;
    while (sent < tags.length) {
      await wait(10, undefined, { signal: abort.signal });
      if (isFrozen) continue;
      const elapsed = (performance.now() - startedAt) * speed;
      const due = burstMs === 0 ? elapsed : Math.floor(elapsed / burstMs) * burstMs;
      for (let tag = tags[sent]; tag !== undefined && tag.timestamp <= due; tag = tags[sent]) {
        for (const listener of listeners) listener(tag);
        sent += 1;
      }
    }
    close("end of stream");
  };
  send().catch(() => close("aborted"));
  const feed: LiveFeed = {
    id: crypto.randomUUID(),
    station: "demo",
    key: { id: "key-1", name },
    remote: "127.0.0.1:5000",
    since: Date.now(),
    onTag(listener) {
      listeners.add(listener);
      if (header !== undefined) listener(header);
      return () => listeners.delete(listener);
    },
    ended: ended.promise,
    close,
  };
  return {
    feed,
    startedAt,
    freeze: () => {
      isFrozen = true;
    },
    thaw: () => {
      isFrozen = false;
    },
  };
}

/** Process ids of this process's children whose command line has `word`. */
export function childrenWith(word: string): number[] {
  const table = execFileSync("ps", ["-o", "pid=,args=", "--ppid", `${process.pid}`], { encoding: "utf8" });
  return table
    .split("\n")
    .filter((line) => line.includes(word))
    .map((line) => Number.parseInt(line, 10));
}

export const HOST_HERTZ = 880;
/** Second difference of the host's sine, with room for what AAC adds. */
const SMOOTH = 0.125 * ((2 * Math.PI * HOST_HERTZ) / 48_000) ** 2 * 2;
/** ffmpeg's sine has an amplitude of 1/8, so an RMS of -21 dBFS; in stereo it is 3 dB lower. */
const QUIETEST = -24.1 - 3;

export async function onAir({ programme }: Recording, source: string): Promise<void> {
  await vi.waitFor(() => expect(programme.status().source).toBe(source), { timeout: 10_000, interval: 5 });
}

/** Waits until `count` more frames have come out. */
export async function hear(recording: Recording, count: number): Promise<void> {
  const wanted = framesOf(recording).length + count;
  await vi.waitFor(() => expect(framesOf(recording).length).toBeGreaterThan(wanted), { timeout: 20_000 });
}

/** The sound of these frames, after checking that it never broke: every frame once, no gap, no click. */
export async function unbroken(frames: readonly { frame: number; data: Buffer }[]): Promise<Float32Array> {
  expect(breaksIn(frames)).toEqual([]);
  const sound = (await decode(frames)).subarray(SETTLING_FRAMES * SAMPLES_PER_FRAME);
  expect(Math.min(...loudness(sound))).toBeGreaterThan(QUIETEST);
  expect(roughness(sound)).toBeLessThan(SMOOTH);
  return sound;
}
