import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { soundOfPcm } from "./audio/sound.ts";
import { toneLevel, toneSpans } from "./audio/tone.ts";
import { startMicrophone } from "./microphone.ts";
import { boundPorts, claimPorts, type PortBlock } from "./ports.ts";
import { startPublisher } from "./publisher.ts";

/** Without these ffmpeg looks at five seconds of a stream before it takes it. */
const QUICK = ["-probesize", "4096", "-analyzeduration", "0"];

/** ffmpeg as an RTMP server for one publisher, which decodes what it gets into a file. */
let receiver: ChildProcess;
let ports: PortBlock;
let folder: string;
let url: string;

beforeEach(async () => {
  ports = await claimPorts(1);
  folder = await mkdtemp(join(tmpdir(), "radio-dream-publisher-"));
  url = `rtmp://127.0.0.1:${ports.first}/live/demo?key=abc`;
  const input = [
    "-v",
    "error",
    "-nostdin",
    ...QUICK,
    "-listen",
    "1",
    "-i",
    `rtmp://127.0.0.1:${ports.first}/live/demo`,
  ];
  const output = ["-f", "s16le", "-ar", "48000", "-ac", "2", "-flush_packets", "1", join(folder, "heard.s16le")];
  receiver = spawn("ffmpeg", [...input, ...output], { stdio: "ignore" });
  await expect.poll(() => boundPorts([ports.first]), { timeout: 5000 }).toEqual([ports.first]);
});
afterEach(async () => {
  receiver.kill("SIGKILL");
  await ports.release();
  await rm(folder, { recursive: true });
});

const heard = async () => soundOfPcm(await readFile(join(folder, "heard.s16le")).catch(() => Buffer.alloc(0)));
const secondsHeard = async () => (await heard()).samples.length / 48_000;

describe("a publisher", () => {
  it("pushes its tone in real time until it is killed", async () => {
    const publisher = await startPublisher(url, { tone: 1000 });
    await expect.poll(secondsHeard, { timeout: 15_000 }).toBeGreaterThan(0.5);
    expect(toneLevel(await heard(), 1000, 4800, 24_000)).toBeCloseTo(-12, 0);
    publisher.kill("SIGKILL");
    expect(await publisher.ended).toBe("SIGKILL");
    expect(publisher.running).toBe(false);
    expect(await secondsHeard()).toBeLessThan((Date.now() - publisher.startedAt) / 1000 + 0.5);
  });
});

describe("a microphone", () => {
  it("knows when the first sample of a beep was handed over", async () => {
    const microphone = await startMicrophone(url);
    const before = Date.now();
    const at = await microphone.beep(3000, 400);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
    const spans = async () => toneSpans(await heard(), 3000, -20);
    await expect.poll(async () => (await spans())[0]?.to ?? 0, { timeout: 15_000 }).toBeGreaterThan(0.3);
    await microphone.stop();
    const [beep] = await spans();
    expect((beep?.to ?? 0) - (beep?.from ?? 0)).toBeGreaterThan(0.3);
    expect(toneLevel(await heard(), 330)).toBeGreaterThan(-30);
  });
});
