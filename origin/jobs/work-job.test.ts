import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { MAX_PREPARED_BYTES } from "../../contracts/jobs.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { findFfmpeg } from "../process/ffmpeg.ts";
import { writeTone } from "../programme/test-rig.ts";
import { type FakeControl, startFakeControl } from "./fixtures/fake-control.ts";
import { createJobClient } from "./job-client.ts";
import { MAX_CHILD_MEMORY } from "./limits.ts";
import { type WorkOptions, workJob } from "./work-job.ts";

const BINARIES = findFfmpeg(process.env);
const folder = mkdtempSync(join(tmpdir(), "jobs-"));
let tone: Buffer;
let control: FakeControl;

beforeAll(() => {
  writeTone(join(folder, "tone.mp3"), 440, 2, "-b:a", "320k");
  tone = readFileSync(join(folder, "tone.mp3"));
});
afterEach(() => control.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function clientWith(options: { stallMs?: number }) {
  return createJobClient({ controlUrl: control.url, origin: "origin-1", token: () => "rdo_t", ...options });
}

async function work(options: Partial<WorkOptions> = {}) {
  const workplace = join(folder, "work");
  const outcome = await workJob(control.job, {
    client: clientWith({}),
    binaries: BINARIES,
    limits: { memory: MAX_CHILD_MEMORY, fileBytes: MAX_PREPARED_BYTES },
    folder: workplace,
    signal: new AbortController().signal,
    clock: systemClock,
    log: createLog({ level: "error" }),
    ...options,
  });
  expect(readdirSync(workplace), "nothing is left on the disk").toEqual([]);
  return outcome;
}

describe("A job", () => {
  it("ends with the file prepared, uploaded and described", async () => {
    control = await startFakeControl(tone);
    expect(await work()).toBe("prepared");
    const [result] = control.results;
    if (result?.outcome !== "prepared") throw new Error("was not prepared");
    const { prepared, metadata, loudness } = result.preparation;
    expect(prepared.sha256).toBe(createHash("sha256").update(control.prepared()).digest("hex"));
    expect(control.prepared().subarray(0, 4).toString()).toBe("fLaC");
    expect(prepared.samples / 48_000).toBeCloseTo(2, 1);
    expect(metadata).toMatchObject({ artist: "Nina", title: "Tone" });
    expect(loudness.integrated).toBeCloseTo(-21.4, 0);
  });

  it("goes on where it was when the line breaks", async () => {
    control = await startFakeControl(tone);
    control.faults.breakAfter = [20_000, 7];
    expect(await work()).toBe("prepared");
  });

  it("ends with the reason when nobody can prepare the file", async () => {
    control = await startFakeControl(Buffer.from("Dear editors, please play our song.\n"));
    expect(await work()).toBe("rejected");
    expect(control.results).toEqual([
      { outcome: "rejected", reason: expect.stringMatching(/^The file is not sound of any kind/) },
    ]);
  });

  it("tells again what control may not have heard", async () => {
    control = await startFakeControl(tone);
    control.faults.answer.set("result", [500, 503]);
    control.faults.answer.set("prepared", [500]);
    expect(await work()).toBe("prepared");
    expect(control.results).toHaveLength(1);
  });

  it("spares the upload of what control has", async () => {
    control = await startFakeControl(tone);
    control.faults.hasContent = true;
    expect(await work()).toBe("prepared");
    expect(control.parts.size).toBe(0);
  });

  it("is forgotten at once when it is another's", async () => {
    control = await startFakeControl(tone);
    control.faults.leaseLost = true;
    expect(await work()).toBe("lost");
    expect(control.results).toEqual([]);
  });

  it("is forgotten when control is silent for longer than the lease", async () => {
    control = await startFakeControl(tone, { lease: 400 });
    let ms = 0;
    const clock = { ...systemClock, monotonic: () => ms };
    control.faults.answer.set("original", Array(99).fill(503));
    control.faults.answer.set("progress", Array(99).fill(503));
    const outcome = work({ clock });
    ms = 1000;
    expect(await outcome).toBe("lost");
  });

  it("is handed back when the node needs itself", async () => {
    control = await startFakeControl(tone);
    const giveWay = new AbortController();
    control.faults.answer.set("original", Array(99).fill(503));
    const outcome = work({ signal: giveWay.signal });
    await vi.waitFor(() => expect(control.phases.size).toBeGreaterThan(0));
    giveWay.abort();
    expect(await outcome).toBe("returned");
    expect(control.results).toMatchObject([{ outcome: "returned", reason: expect.stringContaining("programmes") }]);
  });

  it("is handed back when its file is longer than control says", async () => {
    control = await startFakeControl(tone, { original: { bytes: 1000, contentType: "", fileName: "x.mp3" } });
    expect(await work()).toBe("returned");
  });

  it("is handed back, not held against the file, when ffmpeg cannot be run", async () => {
    control = await startFakeControl(tone);
    expect(await work({ binaries: { ffmpeg: "/does/not/exist", ffprobe: BINARIES.ffprobe } })).toBe("returned");
  });

  it("does not wait for a download that stands still", async () => {
    control = await startFakeControl(tone);
    control.faults.silent.add("original");
    const outcome = work({ client: clientWith({ stallMs: 50 }) });
    await vi.waitFor(() => expect(control.asked.get("original")).toBe(1));
    control.faults.silent.clear();
    expect(await outcome).toBe("prepared");
  });
});
