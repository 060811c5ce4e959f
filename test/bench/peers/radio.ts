import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Microphone } from "../../harness/microphone.ts";
import { makeToneLibrary } from "../../harness/tone-library.ts";

/** One or several stations on the air, as one of the stacks does it. */
export type Radio = {
  /** A media playlist of each station. */
  stations: readonly string[];
  /** Media playlists of the first station. */
  playlists: readonly { kbits: number; url: string }[];
  /** The first station for listeners that know no HLS; null where there is none. */
  icecastUrl: string | null;
  /** What the operator runs; children count to their parents. */
  parts(): Promise<readonly Part[]>;
  /** What answers listeners of HLS. */
  serving(): Promise<readonly Part[]>;
  /** What Cloudflare runs in production, and this machine runs here. */
  hosted(): Promise<readonly Part[]>;
  /** A host goes live on the first station, humming at `hum` Hz. */
  goLive(hum: number): Promise<Microphone>;
  stop(): Promise<void>;
};

export type Part = { name: string; pid: number };

export const STATIONS = ["demo", "two", "three", "four", "five"];
export const LIBRARY_HZ = 440;

/** A folder for each station, with recordings in it. */
export type Library = { folder: string; discard(): Promise<void> };

const DEMO = join(import.meta.dirname, "../../../dev/demo-library/demo");

export async function musicLibrary(stations: readonly string[]): Promise<Library> {
  return makeLibrary((folder) =>
    Promise.all(stations.map((station) => cp(DEMO, join(folder, station), { recursive: true }))),
  );
}

/** One tone, so that what is heard tells what is on. */
export async function toneLibrary([station = ""]: readonly string[]): Promise<Library> {
  return makeLibrary((folder) => makeToneLibrary(folder, station, [{ frequency: LIBRARY_HZ }]));
}

async function makeLibrary(fill: (folder: string) => Promise<unknown>): Promise<Library> {
  const folder = await mkdtemp(join(tmpdir(), "radio-dream-peers-"));
  await fill(folder);
  return { folder, discard: () => rm(folder, { recursive: true, force: true }) };
}
