import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { frameAt, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { Autopilot } from "./autopilot.ts";
import { warmUp } from "./decoder.ts";
import {
  BINARIES,
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
  silentLog,
  tonePresence,
  writeTone,
} from "./test-rig.ts";

const SMOOTH = 0.125 * ((2 * Math.PI * 440) / 48_000) ** 2 * 4;

/** Each test has a library folder and programmes of its own. */
const it = test.extend<{ folder: string; start: (options?: Partial<Parameters<typeof record>[0]>) => Recording }>({
  folder: async ({ task: _ }, use) => {
    const folder = newFolder();
    await use(folder);
    dropFolder(folder);
  },
  start: async ({ folder }, use) => {
    const recordings: Recording[] = [];
    await use((options) => {
      const startFrame = frameAt(Date.now());
      const recording = record({ libraryFolder: folder, startFrame, rescanMs: 200, ...options });
      recordings.push(recording);
      return recording;
    });
    await Promise.all(recordings.map(({ programme }) => programme.stop()));
  },
});

async function heard(recording: Recording, count: number): Promise<void> {
  await vi.waitFor(() => expect(framesOf(recording).length).toBeGreaterThan(count), { timeout: 20_000 });
}

function titles(recording: Recording): string[] {
  const items = new Set(framesOf(recording).map(({ frame }) => recording.programme.itemAt(frame)));
  return [...items].map((item) => item?.title ?? "");
}

describe("the library", { concurrent: true }, () => {
  it("is played without a gap from track to track, whatever the files are called", async ({ folder, start }) => {
    writeTone(join(folder, "-i a%03d.flac"), 440, 1.5);
    writeTone(join(folder, "b\n'; $(x) é.wav"), 440, 1.5);
    writeTone(join(folder, "c:d.ogg"), 440, 1.5, "-metadata", "title=Third", "-metadata", "artist=Nobody");
    const recording = start({ startFrame: frameAt(Date.now()) - 400 });
    await heard(recording, 390);
    const next = recording.programme.next();
    const frames = framesOf(recording);
    expect(breaksIn(frames)).toEqual([]);
    const sound = (await decode(frames)).subarray(5 * SAMPLES_PER_FRAME);
    expect(Math.min(...loudness(sound))).toBeGreaterThan(-26.5);
    expect(roughness(sound)).toBeLessThan(SMOOTH);
    expect(new Set(titles(recording))).toEqual(new Set(["-i a%03d", "b '; $(x) é", "Third"]));
    expect(next).toHaveLength(3);
    const begin = expect.any(Number);
    expect(next).toContainEqual({ frame: begin, source: "autopilot", title: "Third", artist: "Nobody", frames: 70 });
    expect(recording.incidents).toEqual([]);
  });

  it("passes over files that do not play, with one report that says why, and the air is not touched", async ({
    folder,
    start,
  }) => {
    writeTone(join(folder, "good.flac"), 440, 2);
    writeFileSync(join(folder, "text.mp3"), "These are only words. ".repeat(2000));
    writeFileSync(join(folder, "list.mp3"), `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${folder}/good.flac\n`);
    writeFileSync(join(folder, "empty.ogg"), "");
    writeTone(join(folder, "short.wav"), 440, 0.2);
    writeTone(join(folder, "cut.flac"), 440, 20);
    truncateSync(join(folder, "cut.flac"), 200_000);
    writeFileSync(join(folder, "cover.jpg"), "not audio, and not even looked at");
    execFileSync(BINARIES.ffmpeg, `-v error -f lavfi -i testsrc=duration=1 ${folder}/film.mp4`.split(" "));
    const recording = start();
    await vi.waitFor(() => expect(recording.incidents).toHaveLength(1), { timeout: 20_000 });
    expect(recording.incidents[0]?.kind).toBe("track-rejected");
    const message = recording.incidents[0]?.message ?? "";
    expect(message).toMatch(/cut.flac is truncated: \d+ s of 20 s decode/);
    expect(message).toMatch(/empty.ogg is empty/);
    expect(message).toMatch(/film.mp4 has no audio/);
    expect(message).toMatch(/list.mp3 cannot be read: Inv/);
    expect(message).toMatch(/short.wav has less than a second of sound/);
    expect(message).toMatch(/; and 1 more$/);
    await heard(recording, 60);
    expect(titles(recording)).toEqual(titles(recording).map(() => "good"));
    const sound = (await decode(framesOf(recording))).subarray(5 * SAMPLES_PER_FRAME);
    expect(Math.min(...loudness(sound))).toBeGreaterThan(-26.5);
    expect(recording.incidents).toHaveLength(1);
  });

  it("looks again at a rejected file when it has changed", async ({ folder, start }) => {
    writeTone(join(folder, "good.flac"), 440, 2);
    writeFileSync(join(folder, "later.flac"), "");
    const recording = start();
    await vi.waitFor(() => expect(recording.incidents).toHaveLength(1), { timeout: 20_000 });
    copyFileSync(join(folder, "good.flac"), join(folder, "later.flac"));
    await vi.waitFor(() => expect(recording.programme.next()).toHaveLength(2), { timeout: 20_000 });
    expect(recording.incidents).toHaveLength(1);
  });

  it("that is empty leaves the slate on air, audible and reported once, until a track is there", async ({
    folder,
    start,
  }) => {
    const recording = start();
    await heard(recording, 60);
    expect(recording.programme.status().source).toBe("slate");
    expect(recording.incidents).toEqual([
      { kind: "library-empty", message: "no track can be played: the slate is on air" },
    ]);
    writeTone(join(folder, "new.flac"), 440, 2);
    await vi.waitFor(() => expect(recording.programme.status().source).toBe("autopilot"), { timeout: 20_000 });
    await heard(recording, framesOf(recording).length + 20);
    const frames = framesOf(recording);
    expect(breaksIn(frames)).toEqual([]);
    const sound = (await decode(frames)).subarray(5 * SAMPLES_PER_FRAME);
    expect(Math.min(...loudness(sound))).toBeGreaterThan(-40);
    expect(titles(recording).slice(0, 2)).toEqual(["Please stand by", "new"]);
    expect(recording.incidents).toHaveLength(1);
  });

  it("may lose the track that is on air: what is left goes on", async ({ folder, start }) => {
    writeTone(join(folder, "a.flac"), 440, 2);
    const recording = start();
    await heard(recording, 20);
    rmSync(join(folder, "a.flac"));
    await vi.waitFor(() => expect(recording.programme.status().source).toBe("slate"), { timeout: 20_000 });
    await heard(recording, framesOf(recording).length + 20);
    const frames = framesOf(recording);
    expect(breaksIn(frames)).toEqual([]);
    expect(Math.min(...loudness((await decode(frames)).subarray(5 * SAMPLES_PER_FRAME)))).toBeGreaterThan(-40);
    expect(recording.incidents.map(({ kind }) => kind)).toContain("library-empty");
  });
});

describe("the programme", { concurrent: true }, () => {
  it("catches up from 20 s ago, at the rotation's place, as every other origin would", async ({ folder, start }) => {
    writeTone(join(folder, "a.mp3"), 440, 4);
    writeTone(join(folder, "b.flac"), 660, 3);
    const startFrame = frameAt(Date.now()) - 938;
    const first = start({ startFrame });
    const second = start({ startFrame: startFrame + 300 });
    for (const recording of [first, second]) {
      await vi.waitFor(() => expect(recording.programme.status().latenessMs).toBeLessThan(200), { timeout: 15_000 });
      await heard(recording, 650);
      expect(framesOf(recording)[0]?.frame).toBe(recording === first ? startFrame : startFrame + 300);
      expect(breaksIn(framesOf(recording))).toEqual([]);
      expect(titles(recording)).not.toContain("Please stand by");
    }
    const from = startFrame + 320;
    const [a = [], b = []] = await Promise.all(
      [first, second].map(async (recording) => {
        const sound = await decode(framesOf(recording).filter(({ frame }) => frame >= from));
        return tonePresence(sound, 440).map((amplitude) => amplitude > 0.04);
      }),
    );
    const differing = a.filter((isTone, window) => window < b.length && isTone !== b[window]).length;
    expect(differing).toBeLessThan(10);
    expect(a.filter((isTone) => isTone).length).toBeGreaterThan(100);
  });

  it("puts each sample of programme time into the frame that the timeline gives it", async ({ folder, start }) => {
    const period = 60 * SAMPLES_PER_FRAME;
    const clicks = `aevalsrc=if(eq(mod(n\\,${period})\\,0)\\,0.8\\,0):s=48000:d=${(2 * period) / 48_000}`;
    execFileSync(BINARIES.ffmpeg, ["-v", "error", "-f", "lavfi", "-i", clicks, "-ac", "2", join(folder, "clicks.wav")]);
    const recording = start({ startFrame: frameAt(Date.now()) - 300 });
    await heard(recording, 280);
    const frames = framesOf(recording);
    const sound = await decode(frames);
    const from = (frames[0]?.frame ?? 0) * SAMPLES_PER_FRAME;
    const loud = [...sound.keys()].filter((i) => i > SAMPLES_PER_FRAME && Math.abs(sound[i] ?? 0) > 0.3);
    const distances = loud.map((i) => Math.min((from + i) % period, period - ((from + i) % period)));
    expect(loud.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...distances)).toBeLessThan(8);
  });

  it("goes no further back than 120 s", async ({ folder, start }) => {
    writeTone(join(folder, "a.flac"), 440, 5);
    const now = frameAt(Date.now());
    const recording = start({ startFrame: now - 200_000 });
    await heard(recording, 1);
    const first = framesOf(recording)[0]?.frame ?? 0;
    expect(now - first).toBeLessThanOrEqual(5625);
    expect(now - first).toBeGreaterThan(5600);
    expect(first % 15).toBe(0);
  });

  it("begins at the next segment boundary when no frame is named, and measures every segment", async ({
    folder,
    start,
  }) => {
    writeTone(join(folder, "a.flac"), 440, 5);
    const before = frameAt(Date.now());
    const recording = start({ startFrame: null });
    await heard(recording, 50);
    const first = framesOf(recording)[0]?.frame ?? 0;
    expect(first % 15).toBe(0);
    expect(first).toBeGreaterThan(before);
    expect(first).toBeLessThanOrEqual(before + 20);
    const level = recording.programme.levelOf(first / 15 + 1);
    expect(level?.rms).toBeCloseTo(-24.1, 0);
    expect(level?.peak).toBeCloseTo(-21.1, 0);
    expect(recording.programme.levelOf(first / 15 - 1)).toBeNull();
  });
});

it("leaves no process behind when it is stopped, even at once", async ({ folder, start }) => {
  writeTone(join(folder, "a.flac"), 440, 5);
  const playing = start();
  await heard(playing, 5);
  const starting = start();
  await Promise.all([playing.programme.stop(), starting.programme.stop()]);
  await expect
    .poll(() => childrenWith("ffmpeg").map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8")))
    .toEqual([]);
});

it("is not ready with sound whose time has passed, however much it holds of it", async ({ folder }) => {
  writeTone(join(folder, "a.flac"), 440, 10);
  await warmUp(BINARIES);
  const track = { path: "a.flac", title: "A", artist: "", samples: 480_000 };
  const library = {
    tracks: () => [track],
    isSettled: () => true,
    isEmpty: () => false,
    pathOf: () => join(folder, "a.flac"),
    reject: () => {},
    stop: async () => {},
  };
  const autopilot = new Autopilot(library, silentLog());
  autopilot.tick(1000, 20);
  await expect.poll(() => autopilot.ready).toBe(true);
  autopilot.tick(1080, 20);
  const isReadyLate = autopilot.ready;
  await autopilot.close();
  expect(isReadyLate).toBe(false);
});
