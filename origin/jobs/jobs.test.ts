import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import type { RungName } from "../agent/rungs.ts";
import { findFfmpeg } from "../process/ffmpeg.ts";
import { writeTone } from "../programme/test-rig.ts";
import { type FakeControl, startFakeControl } from "./fixtures/fake-control.ts";
import { createJobClient } from "./job-client.ts";
import { type JobsOptions, startJobs } from "./jobs.ts";
import type { NodeLoad } from "./spare.ts";

const folder = mkdtempSync(join(tmpdir(), "jobs-"));
writeTone(join(folder, "tone.mp3"), 440, 2);
const tone = readFileSync(join(folder, "tone.mp3"));

let control: FakeControl;
let jobs: { stop(): Promise<void> };
const IDLE: NodeLoad = {
  rung: "well",
  busy: 0,
  studios: 0,
  memory: { usedBytes: 0, limitBytes: null },
  freeMemoryBytes: 4e9,
  freeDiskBytes: 4e10,
};
const load = vi.fn(async () => IDLE);
let rung: RungName;
beforeEach(async () => {
  control = await startFakeControl(tone);
  rung = "well";
  load.mockReset().mockResolvedValue(IDLE);
});
afterEach(async () => {
  await jobs.stop();
  await control.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = (): JobsOptions => ({
  client: createJobClient({ controlUrl: control.url, origin: "origin-1", token: () => "rdo_t" }),
  binaries: findFfmpeg(process.env),
  dataFolder: folder,
  load,
  rung: () => rung,
  clock: systemClock,
  log: createLog({ level: "error" }),
  askEveryMs: 10,
});

function start(): void {
  jobs = startJobs(options());
}

describe("A node's work on jobs", () => {
  it("takes one after the other, as long as there are some", async () => {
    start();
    await vi.waitFor(() => expect(control.results).toHaveLength(1), { timeout: 20_000 });
    expect(control.results[0]?.outcome).toBe("prepared");
    await expect.poll(() => control.asked.get("claim")).toBeGreaterThan(2);
  });

  it("does not ask for any while the node has nothing to spare", async () => {
    load.mockResolvedValue({ ...IDLE, busy: 1 });
    start();
    await vi.waitFor(() => expect(load.mock.calls.length).toBeGreaterThan(5));
    expect(control.asked.get("claim")).toBeUndefined();
  });

  it("hands its job back when the node falls ill", async () => {
    control.faults.answer.set("original", Array(99).fill(503));
    start();
    await vi.waitFor(() => expect(control.asked.get("original")).toBe(1));
    rung = "report";
    await vi.waitFor(() => expect(control.results).toMatchObject([{ outcome: "returned" }]), { timeout: 5000 });
  });

  it("hands its job back when the node is stopped, and leaves nothing", async () => {
    control.faults.answer.set("original", Array(99).fill(503));
    start();
    await vi.waitFor(() => expect(control.asked.get("original")).toBe(1));
    await jobs.stop();
    expect(control.results).toMatchObject([{ outcome: "returned" }]);
    expect(readdirSync(join(folder, "jobs"))).toEqual([]);
  });

  it("begins by removing what a killed process has left", async () => {
    const left = join(folder, "jobs", "0d2c", "original");
    mkdirSync(dirname(left), { recursive: true });
    writeFileSync(left, "half a file");
    start();
    await vi.waitFor(() => expect(load).toHaveBeenCalled());
    expect(existsSync(left)).toBe(false);
  });

  it("says once that control cannot be asked, and asks again", async () => {
    control.faults.answer.set("claim", [500, 500, 500]);
    const lines: string[] = [];
    jobs = startJobs({ ...options(), log: createLog({ write: (line) => lines.push(line) }) });
    await vi.waitFor(() => expect(control.asked.get("claim")).toBeGreaterThan(4));
    expect(lines.filter((line) => line.includes("cannot be asked"))).toHaveLength(1);
  });
});
