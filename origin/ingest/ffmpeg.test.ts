import { type ChildProcess, execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./fixtures/eventually.ts";
import { AAC_CONFIG, SILENT_FRAME } from "./fixtures/rtmp-bytes.ts";
import { KEY, startTestIngest, type TestIngest } from "./fixtures/test-ingest.ts";
import { parseAacMessage } from "./flv.ts";
import { readStreamMetadata } from "./stream-metadata.ts";

/** The real thing: ffmpeg as the host's encoder and as the listener's player. */

const FFMPEG = process.env.FFMPEG_PATH ?? "ffmpeg";
const PATIENCE = { timeout: 15_000 };
const run = promisify(execFile);

let ingest: TestIngest;
beforeAll(async () => {
  ingest = await startTestIngest();
});
afterAll(() => ingest.close());

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
  }
});

describe("ffmpeg as a host", () => {
  const push = (url: string, ...options: string[]) => {
    const tone = ["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
    const encoded = ["-ac", "2", "-c:a", "aac", "-b:a", "128k", ...options, "-f", "flv", url];
    const child = spawn(FFMPEG, ["-v", "error", ...tone, ...encoded]);
    children.push(child);
    return child;
  };

  it.each([
    ["on the stream", `/live/demo?key=${KEY}`],
    ["on the application", `/live?key=${KEY}/demo`],
  ])("is heard with its key %s, and its feed ends as soon as it is killed", async (_, path) => {
    const before = ingest.hosts.length;
    const child = push(`rtmp://127.0.0.1:${ingest.port}${path}`);
    await eventually(() => expect(ingest.hosts[before]?.tags.length).toBeGreaterThan(20));
    const heard = ingest.hosts[before] ?? expect.fail();
    const audio = heard.tags.filter(({ type }) => type === 8);
    const messages = audio.map(({ payload }) => parseAacMessage(payload));
    expect(messages[0]).toMatchObject({ kind: "header", config: expect.objectContaining({ 0: 0x11, 1: 0x90 }) });
    expect(messages.slice(1).every((message) => message?.kind === "frame")).toBe(true);
    const steps = audio.slice(2).map((tag, index) => tag.timestamp - (audio[index + 1]?.timestamp ?? 0));
    expect(steps.every((step) => step === 21 || step === 22)).toBe(true);
    child.kill("SIGKILL");
    const killedAt = performance.now();
    await heard.feed.ended;
    expect(performance.now() - killedAt).toBeLessThan(2500);
  });

  it("says title and artist as it was told to", async () => {
    const before = ingest.hosts.length;
    const words = ["-metadata", "title=Späte Stunde", "-metadata", "artist=Zoë"];
    push(`rtmp://127.0.0.1:${ingest.port}/live/demo?key=${KEY}`, ...words);
    await eventually(() => expect(ingest.hosts[before]?.tags.length).toBeGreaterThan(3));
    const script = ingest.hosts[before]?.tags.find(({ type }) => type === 18)?.payload ?? expect.fail();
    expect(readStreamMetadata(script)).toEqual({ title: "Späte Stunde", artist: "Zoë" });
  });

  it("is told by its exit that a wrong key is refused", async () => {
    const child = push(`rtmp://127.0.0.1:${ingest.port}/live/demo?key=wrong`);
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).not.toBe(0);
    expect(ingest.refusals.at(-1)?.reason).toBe("the key is not one of the station's");
  });
});

describe("ffmpeg as a listener", () => {
  it.each([
    ["RTMP", () => `rtmp://127.0.0.1:${ingest.port}/radiodream/demo`],
    ["HTTP-FLV", () => `http://127.0.0.1:${ingest.httpPort}/radiodream/demo.flv`],
  ])("plays a programme over %s without a word, stamps and all", async (_, url) => {
    const programme = ingest.publishProgramme("/radiodream/demo");
    programme.header(AAC_CONFIG, 0);
    // As after a day on the air: the header is as old as the programme.
    const start = 86_400_000;
    let frame = 0;
    const playing = setInterval(() => {
      const timestamp = start + Math.round((frame * 64) / 3);
      if (frame % 10 === 0) programme.script("onStamp", JSON.stringify({ segment: frame / 10 }), timestamp);
      programme.frame(SILENT_FRAME, timestamp);
      frame += 1;
    }, 10);
    try {
      const { stdout, stderr } = await run(
        FFMPEG,
        ["-v", "warning", "-analyzeduration", "1000000", "-i", url(), "-t", "2", "-f", "framemd5", "-"],
        PATIENCE,
      );
      expect(stderr).toBe("");
      const packets = stdout.split("\n").filter((line) => line.startsWith("0,"));
      expect(packets.length).toBeGreaterThan(90);
      const times = packets.map((line) => Number(line.split(",")[1]));
      const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(steps.every((step) => Math.abs(step - 1024) <= 48)).toBe(true);
    } finally {
      clearInterval(playing);
      programme.close();
    }
  });
});
