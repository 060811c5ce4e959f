import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type PlannedRelay, StationPlan } from "../../contracts/plan.ts";
import { createRundown } from "../../contracts/rundown/rundown.ts";
import type { Planned } from "../plan/plan-store.ts";
import {
  breaksIn,
  decode,
  dropFolder,
  framesOf,
  hear,
  loudness,
  newFolder,
  onAir,
  type Recording,
  record,
  SETTLING_FRAMES,
  tonePresence,
  writeTone,
} from "../programme/test-rig.ts";
import { startTestRadio, type TestRadio } from "./test-radio.ts";

const LIBRARY_HERTZ = 440;
const RELAY_HERTZ = 660;
const ID = "5f3f7f0e-8a55-4f0c-9a39-0d8f3a1b2c3d";

/** Nothing but relays, so that what is not relayed is the folder's. */
const EMPTY = StationPlan.parse({
  ...{ schema: 1, station: "demo", version: 1, publishedAt: 0, seed: "", rules: {}, playlist: null },
  ...{ playlists: [], tracks: [], slots: [] },
});

let radio: TestRadio;
let recording: Recording;
let folder = "";
let relay: PlannedRelay;

beforeAll(async () => {
  folder = newFolder();
  writeTone(join(folder, "tone.flac"), LIBRARY_HERTZ, 3);
  radio = await startTestRadio(RELAY_HERTZ);
  relay = { id: ID, name: "Radio Ada", url: radio.url, isOnAir: false, isTrial: false };
  const rundown = createRundown(EMPTY);
  const planned = (): Planned => ({ plan: { ...EMPTY, relays: [relay] }, rundown });
  recording = record({ libraryFolder: folder, planned });
  await onAir(recording, "autopilot");
});
afterAll(async () => {
  await recording.programme.stop();
  await radio.stop();
  dropFolder(folder);
});

/** The sound of all frames since `first`, after checking that none is missing and none is silent. */
async function soundSince(first: number): Promise<Float32Array> {
  const frames = framesOf(recording).slice(first);
  expect(breaksIn(frames)).toEqual([]);
  const sound = (await decode(frames)).subarray(SETTLING_FRAMES * 1024);
  expect(Math.min(...loudness(sound))).toBeGreaterThan(-35);
  return sound;
}

describe("a relay in the programme", () => {
  it("is on air within 5 s of being put there, without a gap, and its titles are the programme's", async () => {
    const first = framesOf(recording).length;
    const startedAt = performance.now();
    relay = { ...relay, isOnAir: true };
    await onAir(recording, "relay");
    expect(performance.now() - startedAt).toBeLessThan(5000);
    await hear(recording, 40);
    const sound = await soundSince(first);
    expect(tonePresence(sound, RELAY_HERTZ).at(-1)).toBeGreaterThan(0.04);
    const frame = recording.programme.status().frame - 1;
    await vi.waitFor(() =>
      expect(recording.programme.itemAt(frame)).toMatchObject({ source: "relay", artist: "Ada", title: "One" }),
    );
    expect(recording.programme.status().relays).toMatchObject([{ id: ID, state: "connected", codec: "mp3" }]);
  });

  it("gives way to the library within 2 s of its server's death, without a gap, and is back when it is back", async () => {
    const first = framesOf(recording).length;
    const { port } = new URL(radio.url);
    await radio.stop();
    const killedAt = performance.now();
    await onAir(recording, "autopilot");
    expect(performance.now() - killedAt).toBeLessThan(2000);
    radio = await startTestRadio(RELAY_HERTZ, Number(port));
    await onAir(recording, "relay");
    await hear(recording, 40);
    const sound = await soundSince(first);
    expect(tonePresence(sound, RELAY_HERTZ).at(-1)).toBeGreaterThan(0.04);
    expect(recording.incidents.map(({ kind }) => kind)).toEqual(["relay-lost"]);
  });

  it("leaves when it is taken off, and is let go of", async () => {
    const first = framesOf(recording).length;
    relay = { ...relay, isOnAir: false };
    await onAir(recording, "autopilot");
    await hear(recording, 40);
    await soundSince(first);
    await vi.waitFor(() => expect(radio.listeners()).toBe(0), { timeout: 5000 });
    expect(recording.programme.status().relays).toEqual([]);
  });

  it("on trial is measured and never on air", async () => {
    relay = { ...relay, isOnAir: true, isTrial: true };
    const report = () => recording.programme.status().relays[0];
    await vi.waitFor(
      () => expect(report()).toMatchObject({ state: "connected", bitrate: 128_000, silence: 0 }),
      10_000,
    );
    expect(recording.programme.status().source).toBe("autopilot");
  });
});
