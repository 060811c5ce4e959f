import { readdir, stat } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { startLoop } from "../../kit/loop.ts";
import { TimeoutError } from "../../kit/race.ts";
import { examineTrack } from "./examine-track.ts";
import type { Track } from "./rotation.ts";

export type Library = {
  /** Sorted by path. A new array whenever something has changed. */
  tracks(): readonly Track[];
  /** True once the files of the start are known, or so much time has passed that the air should not wait. */
  isSettled(): boolean;
  /** True when all files are known and none can be played. */
  isEmpty(): boolean;
  pathOf(track: Track): string;
  /** Takes out a track that did not play as it should; it is looked at again when its file changes. */
  reject(track: Track, reason: string): void;
  stop(): Promise<void>;
};

const RESCAN_MS = 10_000;
/** So long the air waits for all tracks to be known at the start, and so long for at least one. */
const ALL_TRACKS_MS = 4000;
const ONE_TRACK_MS = 8000;
const MAX_FILES = 5000;
const REPORTED_REJECTIONS = 5;
const EXTENSIONS = new Set(
  ".3gp .aac .ac3 .aif .aiff .alac .amr .ape .asf .au .caf .dsf .flac .m4a .m4b .mka .mp2 .mp3 .mp4 .mpc .oga .ogg .opus .tta .w64 .wav .webm .wma .wv".split(
    " ",
  ),
);

type Known = { version: string; result: { track: Track } | { rejected: string } };

/** Watches the folder of a station's audio files; each version of a file is examined once. */
export function startLibrary(options: {
  folder: string;
  onIncident(incident: { kind: string; message: string }): void;
  clock: Clock;
  log: Log;
  rescanMs?: number;
}): Library {
  const { folder, onIncident, clock, log, rescanMs = RESCAN_MS } = options;
  const startedAt = clock.monotonic();
  const known = new Map<string, Known>();
  let tracks: readonly Track[] = [];
  let isScanned = false;

  const isSettled = () => {
    const hasOne = [...known.values()].some(({ result }) => "track" in result);
    return isScanned || clock.monotonic() - startedAt > (hasOne ? ALL_TRACKS_MS : ONE_TRACK_MS);
  };

  const publish = () => {
    const found = [...known.values()].flatMap(({ result }) => ("track" in result ? [result.track] : []));
    found.sort((a, b) => (a.path < b.path ? -1 : 1));
    const isSame = found.length === tracks.length && found.every((track, index) => track === tracks[index]);
    if (!isSame) tracks = found;
  };

  const scan = async (signal: AbortSignal) => {
    const files = await listFiles(folder, log);
    for (const path of known.keys()) if (!files.has(path)) known.delete(path);
    const rejections: string[] = [];
    for (const [path, version] of files) {
      if (known.get(path)?.version === version) continue;
      const result = await examine(path, signal);
      if (signal.aborted) return;
      if (result === "unknown") continue;
      known.set(path, { version, result });
      if ("rejected" in result) rejections.push(`${path} ${result.rejected}`);
      if (!isScanned && isSettled()) publish();
    }
    publish();
    isScanned = true;
    if (rejections.length > 0) reportRejections(rejections);
  };

  /** A node that is too busy says nothing about the file: that one is looked at again with the next scan. */
  const examine = async (path: string, signal: AbortSignal): Promise<Known["result"] | "unknown"> => {
    try {
      return { track: await examineTrack(join(folder, path), path, isScanned ? "low" : "normal", signal) };
    } catch (thrown) {
      if (thrown instanceof TimeoutError) {
        log.warn("track could not be examined in time", { path, reason: thrown.message });
        return "unknown";
      }
      const rejected = thrown instanceof Error ? thrown.message : describe(thrown);
      log.warn("track rejected", { path, reason: rejected });
      return { rejected };
    }
  };

  const reportRejections = (rejections: readonly string[]) => {
    const named = rejections.slice(0, REPORTED_REJECTIONS).join("; ");
    const more = rejections.length > REPORTED_REJECTIONS ? `; and ${rejections.length - REPORTED_REJECTIONS} more` : "";
    onIncident({ kind: "track-rejected", message: `${named}${more}`.slice(0, 1000) });
  };

  const loop = startLoop("library scan", rescanMs, scan, log);
  return {
    tracks: () => tracks,
    isSettled,
    isEmpty: () => isScanned && tracks.length === 0,
    pathOf: (track) => join(folder, track.path),
    reject(track, reason) {
      const entry = known.get(track.path);
      if (entry === undefined || !("track" in entry.result) || entry.result.track !== track) return;
      entry.result = { rejected: reason };
      log.warn("track rejected", { path: track.path, reason });
      reportRejections([`${track.path} ${reason}`]);
      publish();
    },
    stop: () => loop.stop(),
  };
}

/** Relative paths of the audio files at any depth, each with what changes when the file does. */
async function listFiles(folder: string, log: Log): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  let entries: Awaited<ReturnType<typeof listFolder>>;
  try {
    entries = await listFolder(folder);
  } catch (thrown) {
    log.warn("library folder cannot be read", { folder, error: describe(thrown) });
    return files;
  }
  for (const entry of entries) {
    if (files.size >= MAX_FILES) break;
    if (entry.name.startsWith(".") || !EXTENSIONS.has(extname(entry.name).toLowerCase())) continue;
    const path = join(entry.parentPath, entry.name);
    const facts = await stat(path).catch((thrown: unknown) => {
      log.debug("library file vanished", { path, error: describe(thrown) });
      return null;
    });
    if (facts?.isFile()) files.set(relative(folder, path), `${facts.size} ${facts.mtimeMs}`);
  }
  return files;
}

function listFolder(folder: string) {
  return readdir(folder, { recursive: true, withFileTypes: true });
}
