import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { gainOf } from "../../../contracts/rundown/gain.ts";
import type { RundownItem } from "../../../contracts/rundown-item.ts";
import type { Slot, SlotContent } from "../../../contracts/slot.ts";
import { frameAt, SAMPLE_RATE, SAMPLES_PER_FRAME } from "../../../contracts/timeline.ts";
import { examplePlan, inARow } from "../../plan/fixtures/edge.ts";
import {
  BINARIES,
  decode,
  dropFolder,
  framesOf,
  goLive,
  type Host,
  hear,
  newFolder,
  onAir,
  type Recording,
  record,
  SETTLING_FRAMES,
  unbroken,
  writeTone,
} from "../test-rig.ts";
import { filesIn, prepareTrack, rundownOf } from "./test-tracks.ts";

const FRAMES_PER_SECOND = SAMPLE_RATE / SAMPLES_PER_FRAME;
const TARGET = -16;

let folder: string;
let libraryFolder: string;
let recording: Recording | null;
let hosts: Host[];

beforeAll(() => {
  folder = newFolder();
  libraryFolder = newFolder();
  writeTone(join(libraryFolder, "folder.flac"), 440, 5);
});
afterAll(() => {
  dropFolder(folder);
  dropFolder(libraryFolder);
});
beforeEach(() => {
  recording = null;
  hosts = [];
});
afterEach(async () => {
  await recording?.programme.stop();
  for (const { feed } of hosts) feed.close("the test is over");
});

function slot(from: number, until: number, content: SlotContent): Slot {
  return { entry: crypto.randomUUID(), title: "A slot", host: "", from, until, start: "hard", content };
}

function start(startFrame: number, items: readonly RundownItem[], slots: readonly Slot[] = []) {
  const files = filesIn(folder);
  const planned = { plan: examplePlan({ slots: [...slots] }), rundown: rundownOf(() => items) };
  recording = record({ libraryFolder, startFrame, planned: () => planned, prepared: files });
  return { recording, files };
}

/** What was heard, one after the other; a track of the folder that follows itself counts once. */
function heardOf({ programme, frames }: Recording, until = Number.POSITIVE_INFINITY) {
  const heard = [...(frames.values().next().value ?? [])].filter(({ frame }) => frame < until);
  const items = heard.map(({ frame }) => programme.itemAt(frame));
  return items.filter((item, index) => item?.title !== items[index - 1]?.title);
}

/** Integrated loudness (LUFS) and true peak (dBTP) by EBU R 128 of anything that ffmpeg reads. */
function measure(input: string[], stdin?: Buffer): { integrated: number; truePeak: number } {
  const command = `"$0" -hide_banner -nostats "$@" -af ebur128=peak=true -f null - 2>&1`;
  const said = execFileSync("sh", ["-c", command, BINARIES.ffmpeg, ...input], { encoding: "utf8", input: stdin });
  const summary = said.slice(said.lastIndexOf("Summary:"));
  const find = (pattern: RegExp) => Number(pattern.exec(summary)?.[1]);
  return { integrated: find(/I:\s+(-?[\d.]+) LUFS/), truePeak: find(/Peak:\s+(-?[\d.]+) dBFS/) };
}

function loudnessOf(samples: Float32Array): number {
  const pcm = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const mono = ["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", "pipe:0"];
  // Both channels carry the same: as stereo it is louder by 3 LU than the one channel that is measured.
  return measure(mono, pcm).integrated + 10 * Math.log10(2);
}

describe("a rundown on air", () => {
  it("brings a quiet track, a loud one and one of high peaks to the station's loudness", async () => {
    const first = frameAt(Date.now()) - Math.ceil(32 * FRAMES_PER_SECOND);
    const tracks = [
      prepareTrack(folder, "Quiet", "aevalsrc=0.02*sin(2*PI*440*t)+0.01*sin(2*PI*1320*t)", 12),
      prepareTrack(folder, "Loud", "aevalsrc=0.6*sin(2*PI*550*t)+0.3*sin(2*PI*1100*t)", 12),
      prepareTrack(folder, "Peaks", "aevalsrc=(0.1+0.7*lt(mod(t\\,1)\\,0.0015))*sin(2*PI*440*t)", 12),
    ];
    const measured = tracks.map((track) => measure(["-i", filesIn(folder).pathOf(track.prepared) ?? ""]));
    expect((measured[1]?.integrated ?? 0) - (measured[0]?.integrated ?? 0)).toBeGreaterThan(20);
    expect(measured[2]?.truePeak).toBeGreaterThan((measured[2]?.integrated ?? 0) + 15);
    const known = tracks.map((track, index) => ({ ...track, loudness: measured[index] ?? track.loudness }));
    const [quiet, loud, peaks] = inARow(first * SAMPLES_PER_FRAME, known).map((item) => ({
      ...item,
      gain: gainOf(item.track.loudness, TARGET),
    })) as [RundownItem, RundownItem, RundownItem];
    const fade = 2 * SAMPLE_RATE;
    Object.assign(quiet, { fadeOut: fade });
    Object.assign(loud, { fadeIn: fade, from: loud.from - fade, until: loud.until - fade });
    const { recording } = start(first, [quiet, loud, { ...peaks, from: peaks.from - fade, until: peaks.until - fade }]);
    await hear(recording, 31 * FRAMES_PER_SECOND);
    const sound = (await decode(framesOf(recording))).subarray(SETTLING_FRAMES * SAMPLES_PER_FRAME);
    const seconds = (from: number, until: number) => sound.subarray(from * SAMPLE_RATE, until * SAMPLE_RATE);
    const levels = [seconds(1, 9), seconds(13, 21), seconds(23, 31)].map(loudnessOf);
    console.log(`aired at ${levels.map((level) => level.toFixed(1)).join(", ")} LUFS`);
    for (const level of levels) expect(Math.abs(level - TARGET)).toBeLessThan(1);
    expect(recording.incidents).toEqual([]);
  });

  it("plays the node's folder where a file is missing, and begins a show in its very frame", async () => {
    const first = frameAt(Date.now()) - Math.ceil(14 * FRAMES_PER_SECOND);
    const tone = (title: string, hertz: number) => prepareTrack(folder, title, `sine=frequency=${hertz}`, 6);
    const tracks = [tone("Here", 550), tone("Missing", 600), tone("The show", 660)];
    const [here, missing, show] = inARow(first * SAMPLES_PER_FRAME, tracks) as [RundownItem, RundownItem, RundownItem];
    const hard = first + 400;
    const from = hard * SAMPLES_PER_FRAME;
    const items = [
      { ...here, until: here.from + 3 * SAMPLE_RATE },
      { ...missing, from: here.from + 3 * SAMPLE_RATE, until: from },
      { ...show, from, until: from + 6 * SAMPLE_RATE, source: "show" as const },
    ];
    const { recording, files } = start(first, items, [
      slot(hard, hard + 281, { kind: "show", media: [show.track.media] }),
    ]);
    files.missing.add(missing.track.prepared.sha256);
    await hear(recording, 600);
    const heard = heardOf(recording, hard + 200);
    expect(heard.map((item) => item?.title)).toEqual(["Here", "folder", "The show"]);
    expect([heard[0]?.frame, heard[2]?.frame]).toEqual([first, hard]);
    expect(heard.map((item) => item?.source)).toEqual(["autopilot", "autopilot", "show"]);
    expect(recording.incidents.map(({ kind }) => kind)).toEqual(["track-missing"]);
    await unbroken(framesOf(recording).filter(({ frame }) => frame < hard + 200));
  });

  it("tells what comes next in it", async () => {
    const first = frameAt(Date.now());
    const track = prepareTrack(folder, "Tone", "sine=frequency=500", 4);
    const { recording } = start(first, inARow(first * SAMPLES_PER_FRAME, [track, track, track]));
    await hear(recording, 10);
    const next = { source: "autopilot", title: "Tone", artist: "An artist", frames: 188 };
    expect(recording.programme.next()).toMatchObject([next, next]);
  });
});

describe("a live slot", () => {
  const live = (keys: string[]): SlotContent => ({ kind: "live", keys, absent: null, overrunMinutes: 0 });

  function offer(recording: Recording, keyId = "key-1"): void {
    const host = goLive(880);
    hosts.push(host);
    recording.programme.offerLive({ ...host.feed, key: { id: keyId, name: "A host" } });
  }

  it("lets only its own hosts on air, and everyone when it is over", async () => {
    const first = frameAt(Date.now());
    const over = first + 200;
    const { recording } = start(first, [], [slot(first - 1000, over, live(["another-key"]))]);
    offer(recording);
    await onAir(recording, "live");
    await hear(recording, 20);
    const heard = heardOf(recording);
    expect(heard.map((item) => item?.source)).toEqual(["autopilot", "live"]);
    expect(heard[1]?.frame).toBe(over);
  });

  it("puts its host on air, and keeps him there, whoever else comes", async () => {
    const first = frameAt(Date.now());
    const { recording } = start(first, [], [slot(first - 1000, first + 10_000, live(["key-1"]))]);
    offer(recording);
    offer(recording, "another-key");
    await onAir(recording, "live");
    await hear(recording, 80);
    expect(recording.programme.status().live).toMatchObject({ keyId: "key-1", onAir: true });
  });

  it("ends for a host whose overrun is over: the programme goes on", async () => {
    const first = frameAt(Date.now());
    const over = first + 200;
    const { recording } = start(first, [], [slot(first - 1000, over, live(["key-1"]))]);
    offer(recording);
    await onAir(recording, "live");
    await onAir(recording, "autopilot");
    await vi.waitFor(() => expect(heardOf(recording).at(-1)?.source).toBe("autopilot"));
    expect(heardOf(recording).at(-1)?.frame).toBe(over);
    expect(recording.programme.status().live).toMatchObject({ keyId: "key-1", onAir: false });
  });
});
