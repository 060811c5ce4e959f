import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { frameAt } from "../../contracts/timeline.ts";
import {
  dropFolder,
  framesOf,
  goLive,
  HOST_HERTZ,
  hear,
  newFolder,
  onAir,
  type Recording,
  record,
  unbroken,
  writeTone,
} from "./test-rig.ts";

const FROZEN_MS = 5000;

let folder = "";
let recording: Recording;
beforeAll(async () => {
  folder = newFolder();
  writeTone(join(folder, "tone.flac"), 440, 3);
  goLive(HOST_HERTZ).feed.close("only to have its tags made");
  recording = record({ libraryFolder: folder, startFrame: frameAt(Date.now()) });
  await hear(recording, 1);
});
afterAll(async () => {
  await recording.programme.stop();
  dropFolder(folder);
});

/** Stops this whole process as SIGSTOP would: no timer and no stream gets a turn. */
function freezeProcess(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FROZEN_MS);
}

it.each(["autopilot", "live"])(
  "a process frozen for 5 s with %s on air catches up without losing a frame",
  async (source) => {
    const { programme } = recording;
    const first = framesOf(recording).length;
    if (source === "live") programme.offerLive(goLive(HOST_HERTZ).feed);
    await onAir(recording, source);
    await hear(recording, 20);
    freezeProcess();
    expect(programme.status().latenessMs).toBeGreaterThan(FROZEN_MS - 500);
    await vi.waitFor(() => expect(programme.status().latenessMs).toBeLessThan(200), { timeout: 10_000 });
    await hear(recording, 20);
    const frames = framesOf(recording).slice(first);
    await unbroken(frames);
    expect(new Set(frames.map(({ frame }) => programme.itemAt(frame)?.source))).not.toContain("slate");
  },
);
