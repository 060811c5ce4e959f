import { execFileSync } from "node:child_process";
import { rmSync, truncateSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Track } from "../../../contracts/media.ts";
import type { RundownItem } from "../../../contracts/rundown-item.ts";
import { frameAt, SAMPLES_PER_FRAME } from "../../../contracts/timeline.ts";
import { inARow } from "../../plan/fixtures/edge.ts";
import { warmUp } from "../decoder.ts";
import type { Incident } from "../incident-gate.ts";
import { samplesOf } from "../pcm-ring.ts";
import { BINARIES, childrenWith, dropFolder, newFolder, silentLog } from "../test-rig.ts";
import { RundownSource } from "./rundown-source.ts";
import { fileOf, filesIn, prepareTrack, rundownOf } from "./test-tracks.ts";

const SECOND = 48_000;
const FIRST = frameAt(Date.now());
const START = FIRST * SAMPLES_PER_FRAME;
const FRAMES_PER_SECOND = SECOND / SAMPLES_PER_FRAME;

let folder: string;
/** Noise, so that every sample is unlike all others. */
let tracks: Track[];
let pcm: Int16Array[];
let sources: RundownSource[];
let incidents: Incident[];
let files: ReturnType<typeof filesIn>;

const noise = (seed: number, seconds: number) =>
  prepareTrack(folder, `Noise ${seed}`, `anoisesrc=amplitude=0.2:seed=${seed}`, seconds);

const soundOf = (track: Track) =>
  samplesOf(
    execFileSync(BINARIES.ffmpeg, ["-v", "error", "-i", fileOf(folder, track), "-f", "s16le", "pipe:1"], {
      maxBuffer: 1 << 26,
    }),
  );

beforeAll(async () => {
  folder = newFolder();
  tracks = [noise(1, 20), noise(2, 12), noise(3, 12)];
  pcm = tracks.map(soundOf);
  await warmUp(BINARIES);
});
afterAll(() => dropFolder(folder));
beforeEach(() => {
  sources = [];
  incidents = [];
  files = filesIn(folder);
});
afterEach(() => Promise.all(sources.map((source) => source.close())));

function sourceOf(items: () => readonly RundownItem[]): RundownSource {
  const rundown = rundownOf(items);
  const source = new RundownSource({
    rundown: () => rundown,
    files,
    onIncident: (incident) => incidents.push(incident),
    log: silentLog(),
  });
  sources.push(source);
  return source;
}

/** The sound of `count` frames from `first` on, as fast as it can be had. */
async function play(source: RundownSource, first: number, count: number): Promise<Int16Array> {
  const out = new Int16Array(count * SAMPLES_PER_FRAME * 2);
  for (let frame = first; frame < first + count; frame++) {
    await settle(source, frame);
    source.read(out.subarray((frame - first) * SAMPLES_PER_FRAME * 2).subarray(0, SAMPLES_PER_FRAME * 2), frame);
  }
  return out;
}

/** Waits until the source has what it needs at `frame`, or says that it has nothing. */
async function settle(source: RundownSource, frame: number): Promise<void> {
  const startedAt = performance.now();
  source.tick(frame, 1);
  while (source.starving) {
    if (performance.now() - startedAt > 10_000) throw new Error(`frame ${frame} never came`);
    await wait(2);
    source.tick(frame, 1);
  }
}

const stereo = (values: Int16Array, from: number, samples: number) => values.subarray(from * 2, (from + samples) * 2);
/** Says where two sounds part, since a list of all samples would help nobody. */
function expectSame(sound: Int16Array, expected: Int16Array): void {
  expect([sound.length, sound.findIndex((value, index) => value !== expected[index])]).toEqual([expected.length, -1]);
}

const [music, second, third] = [() => tracks[0] as Track, () => tracks[1] as Track, () => tracks[2] as Track];

describe("the rundown", () => {
  it("plays its items to the sample, from the place in the file that they begin at", async () => {
    const items = inARow(START + 100, [music(), second()]).map((item) => ({ ...item, offset: 0 }));
    const [head, tail] = items as [RundownItem, RundownItem];
    const cut = [
      { ...head, until: head.from + 5 * SECOND, offset: 777 },
      { ...tail, from: head.from + 5 * SECOND, until: head.from + 12 * SECOND },
    ];
    const sound = await play(
      sourceOf(() => cut),
      FIRST,
      Math.ceil(8 * FRAMES_PER_SECOND),
    );
    expect(stereo(sound, 0, 100).every((value) => value === 0)).toBe(true);
    expectSame(stereo(sound, 100, 5 * SECOND), stereo(pcm[0] as Int16Array, 777, 5 * SECOND));
    expectSame(stereo(sound, 100 + 5 * SECOND, 2 * SECOND), stereo(pcm[1] as Int16Array, 0, 2 * SECOND));
    expect(incidents).toEqual([]);
  });

  it("sounds the same from whenever on one begins to play it: in a track, and in a crossfade", async () => {
    const fade = 3 * SECOND;
    const items = [
      { ...(inARow(START, [music()])[0] as RundownItem), until: START + 6 * SECOND + 500, fadeOut: fade, gain: 0.7 },
      { ...(inARow(START + 6 * SECOND + 500 - fade, [second()])[0] as RundownItem), fadeIn: fade, gain: 1.3 },
    ];
    const frames = Math.ceil(8 * FRAMES_PER_SECOND);
    const whole = await play(
      sourceOf(() => items),
      FIRST,
      frames,
    );
    for (const later of [1, 60, 200, 300]) {
      const part = await play(
        sourceOf(() => items),
        FIRST + later,
        frames - later,
      );
      const expected = whole.subarray(later * SAMPLES_PER_FRAME * 2);
      const furthest = part.reduce((most, value, index) => Math.max(most, Math.abs(value - (expected[index] ?? 0))), 0);
      expect(furthest).toBeLessThanOrEqual(1);
    }
  });

  it("goes on at its place after a time in which something else was on air", async () => {
    const items = inARow(START, [music()]);
    const source = sourceOf(() => items);
    await play(source, FIRST, 10);
    for (let frame = FIRST + 10; frame < FIRST + 200; frame++) {
      await settle(source, frame);
      source.pass(frame);
    }
    const sound = await play(source, FIRST + 200, 10);
    expectSame(sound, stereo(pcm[0] as Int16Array, 200 * SAMPLES_PER_FRAME, 10 * SAMPLES_PER_FRAME));
  });

  it("says what is heard, whose it is, and what is next", async () => {
    const items = inARow(START, [music(), second(), third()]);
    Object.assign(items[0] as RundownItem, { until: START + SECOND, source: "show" });
    Object.assign(items[1] as RundownItem, { from: START + SECOND, until: START + 3 * SECOND });
    Object.assign(items[2] as RundownItem, { from: START + 3 * SECOND, until: START + 15 * SECOND });
    const source = sourceOf(() => items);
    await play(source, FIRST, 1);
    expect([source.heard, source.source]).toMatchObject([{ title: "Noise 1", artist: "An artist" }, "show"]);
    expect(source.heard.media).toBe(items[0]?.track.media);
    expect(source.framesLeft(FIRST)).toBe(47);
    const { media } = items[1]?.track ?? {};
    const next = { frame: FIRST + 46, source: "autopilot", title: "Noise 2", artist: "An artist", media, frames: 94 };
    expect(source.upcoming(1)).toEqual([next]);
    const heard = source.heard;
    await play(source, FIRST + 1, 44);
    expect(source.heard).toBe(heard);
    await play(source, FIRST + 45, 2);
    expect([source.heard.title, source.source]).toEqual(["Noise 2", "autopilot"]);
  });

  it("is over where a file is missing, with one report, and back when the next one's turn has come", async () => {
    const items = inARow(START, [music(), second(), third()]);
    Object.assign(items[0] as RundownItem, { until: START + 2 * SECOND });
    Object.assign(items[1] as RundownItem, { from: START + 2 * SECOND, until: START + 5 * SECOND });
    Object.assign(items[2] as RundownItem, { from: START + 5 * SECOND, until: START + 17 * SECOND });
    files.missing.add(second().prepared.sha256);
    const source = sourceOf(() => items);
    const states: string[] = [];
    for (let frame = FIRST; frame < FIRST + 260; frame++) {
      await settle(source, frame);
      const state = source.isOver ? "over" : "on";
      if (states.at(-1)?.split(" ")[0] !== state) states.push(`${state} ${frame - FIRST}`);
      source.pass(frame);
    }
    // 2 s are 93.75 frames, of which a crossfade away takes 16; 5 s are 234.375.
    expect(states).toEqual(["on 0", "over 78", "on 235"]);
    expect(incidents).toEqual([{ kind: "track-missing", message: expect.stringContaining("An artist - Noise 2") }]);
  });

  it("joins a track whose file comes late where it would be", async () => {
    const items = inARow(START, [music()]);
    files.missing.add(music().prepared.sha256);
    const source = sourceOf(() => items);
    await settle(source, FIRST);
    expect([source.ready, source.isOver]).toEqual([false, true]);
    files.missing.clear();
    const sound = await play(source, FIRST + 100, 10);
    expectSame(sound, stereo(pcm[0] as Int16Array, 100 * SAMPLES_PER_FRAME, 10 * SAMPLES_PER_FRAME));
  });

  it("does not begin with the silence before an item", async () => {
    const items = inARow(START + 10 * SAMPLES_PER_FRAME, [music()]);
    const source = sourceOf(() => items);
    await vi.waitFor(() => {
      source.tick(FIRST + 10, 1);
      expect(source.ready).toBe(true);
    });
    source.tick(FIRST + 9, 1);
    expect([source.ready, source.isComing]).toEqual([false, false]);
  });

  it("gives up a file that breaks off, with a report, and leaves before its end is heard", async () => {
    const broken = noise(9, 8);
    truncateSync(fileOf(folder, broken), Math.floor(broken.prepared.bytes / 2));
    const items = inARow(START, [broken, music()]);
    const source = sourceOf(() => items);
    for (let frame = FIRST; frame < FIRST + 375; frame++) {
      await settle(source, frame);
      if (source.isOver) break;
      source.pass(frame);
    }
    expect(source.isOver).toBe(true);
    expect(incidents.map(({ kind }) => kind)).toEqual(["track-missing"]);
    expect([...files.missing]).toEqual([broken.prepared.sha256]);
    rmSync(fileOf(folder, broken));
  });

  it("goes on with the very next sample when its decoder is killed", async () => {
    const items = inARow(START, [music()]);
    const source = sourceOf(() => items);
    await play(source, FIRST, 100);
    for (const pid of childrenWith(music().prepared.sha256)) process.kill(pid, "SIGKILL");
    const sound = await play(source, FIRST + 100, 300);
    expectSame(sound, stereo(pcm[0] as Int16Array, 100 * SAMPLES_PER_FRAME, 300 * SAMPLES_PER_FRAME));
    expect(incidents).toEqual([]);
  });

  it("has nothing to say without a plan", () => {
    const source = new RundownSource({
      rundown: () => null,
      files: { pathOf: () => null, discard: () => {} },
      onIncident: () => {},
      log: silentLog(),
    });
    source.tick(FIRST, 20);
    expect([source.ready, source.starving, source.isOver, source.isComing]).toEqual([false, false, true, false]);
    expect(source.upcoming(5)).toEqual([]);
  });

  it("obeys a new plan without touching the item that both have on", async () => {
    const before = inARow(START, [music(), second()]);
    let items = before;
    const source = sourceOf(() => items);
    await play(source, FIRST, 60);
    items = inARow(START, [music(), third()]);
    const sound = await play(source, FIRST + 60, 900);
    expectSame(stereo(sound, 0, SECOND), stereo(pcm[0] as Int16Array, 60 * SAMPLES_PER_FRAME, SECOND));
    const turn = 20 * SECOND - 60 * SAMPLES_PER_FRAME;
    expectSame(stereo(sound, turn - SECOND, SECOND), stereo(pcm[0] as Int16Array, 19 * SECOND, SECOND));
    expectSame(stereo(sound, turn, SECOND / 4), stereo(pcm[2] as Int16Array, 0, SECOND / 4));
  });
});
