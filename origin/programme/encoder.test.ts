import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { RenditionName } from "../../contracts/names.ts";
import { frameAt, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import {
  breaksIn,
  childrenWith,
  decode,
  dropFolder,
  framesOf,
  loudness,
  newFolder,
  type Recording,
  record,
  roughness,
  writeTone,
} from "./test-rig.ts";

const RENDITIONS: readonly RenditionName[] = ["aac-48k", "aac-128k"];
const HERTZ = 440;
const SMOOTH = 0.125 * ((2 * Math.PI * HERTZ) / 48_000) ** 2 * 4;

let folder = "";
let recording: Recording;
beforeAll(() => {
  folder = newFolder();
  writeTone(join(folder, "tone.flac"), HERTZ, 3);
});
afterAll(() => dropFolder(folder));

beforeEach(async () => {
  recording = record({ libraryFolder: folder, renditions: RENDITIONS, startFrame: frameAt(Date.now()) });
  await heard(30);
});
afterEach(() => recording.programme.stop());

async function heard(count: number): Promise<void> {
  const wanted = RENDITIONS.map((rendition) => framesOf(recording, rendition).length + count);
  await vi.waitFor(
    () => {
      for (const [i, rendition] of RENDITIONS.entries())
        expect(framesOf(recording, rendition).length).toBeGreaterThan(wanted[i] ?? 0);
    },
    { timeout: 15_000, interval: 10 },
  );
}

function encoderOf(rendition: string): number {
  const [pid] = childrenWith(`-b:a ${rendition === "aac-48k" ? 48_000 : 128_000}`);
  if (pid === undefined) throw new Error("no encoder");
  return pid;
}

/** Longest time without a frame since `from`, in ms. */
function longestPause(rendition: RenditionName, from: number): number {
  const times = framesOf(recording, rendition).map(({ at }) => at);
  return Math.max(...times.filter((at) => at > from).map((at, i, later) => at - (later[i - 1] ?? from)));
}

it.each<[NodeJS.Signals, number]>([
  ["SIGKILL", 700],
  ["SIGSTOP", 1500],
])(
  "goes on after %s with every frame once, nothing lost, and the other rendition undisturbed",
  async (signal, mostMs) => {
    const at = performance.now();
    process.kill(encoderOf("aac-48k"), signal);
    await vi.waitFor(() => expect(recording.programme.status().encoderRestarts["aac-48k"]).toBe(1), { timeout: 5000 });
    await heard(40);
    console.log(`encoder back after ${signal} in ${Math.round(longestPause("aac-48k", at))} ms`);
    expect(longestPause("aac-48k", at)).toBeLessThan(mostMs);
    expect(recording.programme.status().encoderRestarts).toEqual({ "aac-48k": 1, "aac-128k": 0 });
    expect(recording.incidents).toMatchObject(
      [{ kind: "encoder-restarted", message: /^aac-48k: was ended by SIGKILL/ }].map(({ kind, message }) => ({
        kind,
        message: expect.stringMatching(message),
      })),
    );
    for (const rendition of RENDITIONS) {
      const frames = framesOf(recording, rendition);
      expect(breaksIn(frames)).toEqual([]);
      const sound = (await decode(frames)).subarray(5 * SAMPLES_PER_FRAME);
      expect(Math.min(...loudness(sound))).toBeGreaterThan(-26.5);
      expect(roughness(sound)).toBeLessThan(SMOOTH);
    }
  },
);

it("numbers frames exactly: both renditions, and what a restarted encoder makes, are the same sound at the same number", async () => {
  process.kill(encoderOf("aac-128k"), "SIGKILL");
  await heard(40);
  const [low = [], high = []] = RENDITIONS.map((rendition) => framesOf(recording, rendition));
  expect(low[0]?.frame).toBe(high[0]?.frame);
  const [a, b] = [await decode(low), await decode(high)];
  const from = 10 * SAMPLES_PER_FRAME;
  const to = Math.min(a.length, b.length) - SAMPLES_PER_FRAME;
  let error = 0;
  for (let i = from; i < to; i++) error = Math.max(error, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  expect(error).toBeLessThan(0.06);
});
