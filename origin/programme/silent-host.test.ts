import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  breaksIn,
  decode,
  dropFolder,
  framesOf,
  goLive,
  HOST_HERTZ,
  type Host,
  hear,
  loudness,
  newFolder,
  onAir,
  type Recording,
  record,
  SETTLING_FRAMES,
  tonePresence,
  writeTone,
} from "./test-rig.ts";

const LIMIT_SECONDS = 2;
const LIBRARY_HERTZ = 440;
/** An open microphone in an empty room: -66 dBFS. */
const FAINT = { from: 3, until: 8, gain: 0.008 };

let recording: Recording;
let folder = "";
let host: Host;

beforeAll(async () => {
  folder = newFolder();
  writeTone(join(folder, "tone.flac"), LIBRARY_HERTZ, 3);
  goLive(HOST_HERTZ, { faint: FAINT }).feed.close("only to have its tags made");
  recording = record({ libraryFolder: folder, liveSilenceSeconds: LIMIT_SECONDS });
  await onAir(recording, "autopilot");
  host = goLive(HOST_HERTZ, { faint: FAINT });
  recording.programme.offerLive(host.feed);
});
afterAll(async () => {
  host.feed.close("the test is over");
  await recording.programme.stop();
  dropFolder(folder);
});

const kinds = () => recording.incidents.map(({ kind }) => kind);

describe("a host who falls silent", () => {
  it("is on air until the limit, then autopilot is, and an incident names the host", async () => {
    await onAir(recording, "live");
    const first = framesOf(recording).length;
    await onAir(recording, "autopilot");
    expect(recording.programme.status().live).toEqual({ keyId: "key-1", name: "Ada", onAir: false });
    expect(recording.incidents).toEqual([
      { kind: "source-silent", message: "Ada: connected, and silent for 2 s or more" },
    ]);
    await hear(recording, 40);

    const heard = framesOf(recording).slice(first);
    expect(breaksIn(heard)).toEqual([]);
    const sound = (await decode(heard)).subarray(SETTLING_FRAMES * 1024);
    const quietMs = loudness(sound).filter((level) => level < -55).length * 20;
    expect(quietMs).toBeGreaterThan(1000 * LIMIT_SECONDS - 1000);
    expect(quietMs).toBeLessThan(1000 * LIMIT_SECONDS + 500);
    expect(tonePresence(sound, LIBRARY_HERTZ).at(-1)).toBeGreaterThan(0.05);
  });

  it("is back on air by a crossfade once heard steadily, without a rest, and that ends the matter", async () => {
    const first = framesOf(recording).length;
    await vi.waitFor(() => expect(kinds()).toEqual(["source-silent", "source-heard"]), {
      timeout: 15_000,
      interval: 5,
    });
    await onAir(recording, "live");
    await hear(recording, 40);
    const heard = framesOf(recording).slice(first);
    expect(breaksIn(heard)).toEqual([]);
    const sound = (await decode(heard)).subarray(SETTLING_FRAMES * 1024);
    expect(Math.min(...loudness(sound))).toBeGreaterThan(-30);
    expect(tonePresence(sound, HOST_HERTZ).at(-1)).toBeGreaterThan(0.05);
    expect(kinds()).toEqual(["source-silent", "source-heard"]);
  });
});
