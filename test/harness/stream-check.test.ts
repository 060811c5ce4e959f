import { describe, it, vi } from "vitest";
import { type Radio, type RadioFaults, startRadio } from "./fixtures/radio.ts";
import { followStream, type StreamReport } from "./stream-check.ts";

async function follow(faults: RadioFaults, until: (report: StreamReport) => boolean): Promise<StreamReport> {
  const radio: Radio = await startRadio(faults);
  const check = followStream(radio.url, { framesPerSegment: radio.framesPerSegment });
  try {
    await vi.waitUntil(() => until(check.report), { timeout: 15_000, interval: 50 });
    return await check.stop();
  } finally {
    await check.stop();
    await radio.close();
  }
}

const segments = (count: number) => (report: StreamReport) => report.segments.size >= count;
const problem = (text: string) => (report: StreamReport) => report.problems.some((problem) => problem.includes(text));

describe.concurrent("the stream check", () => {
  it("finds nothing wrong with a sound stream", async ({ expect }) => {
    const report = await follow({}, segments(6));
    expect(report.problems).toEqual([]);
    expect(report.frames).toBe(report.segments.size * 45);
  });

  it.each<[string, RadioFaults, string]>([
    ["a missing frame", { frames: (frames, number) => (number % 3 ? frames : frames.slice(1)) }, "44 frames"],
    ["a counter that begins anew", { restartCounters: true }, "audio counter"],
    ["a segment that is listed but not there", { segment: (b, number) => (number % 3 ? b : 404) }, "404"],
    ["a truncated segment", { segment: (b, number) => (number % 3 ? b : b.subarray(0, -188)) }, "TransportStreamError"],
    ["half a packet", { segment: (b, number) => (number % 3 ? b : b.subarray(0, -100)) }, "not whole packets"],
    ["a target duration that is off", { playlist: (t) => t.replace("DURATION:1", "DURATION:2") }, "target duration 2"],
    ["a length that is off", { playlist: (t) => t.replace("0.96000", "0.95000") }, "EXTINF"],
    ["a programme time that is off", { playlist: (t) => t.replace(/(T..:..:..\.)(.)/, "$19") }, "PROGRAM-DATE-TIME"],
    ["a discontinuity", { playlist: (t) => t.replace("#EXTINF", "#EXT-X-DISCONTINUITY\n#EXTINF") }, "DISCONTINUITY"],
    [
      "a gap",
      { playlist: (t) => t.replace("VERSION:3", "VERSION:8").replace("#EXTINF", "#EXT-X-GAP\n#EXTINF") },
      "is a gap",
    ],
    ["a playlist that breaks off", { playlist: (t) => t.slice(0, 90) }, "PlaylistError"],
    ["an error for a playlist", { playlist: () => 503 }, "503"],
  ])("finds %s", async (_, faults, text) => {
    await follow(faults, problem(text));
  });

  it("finds a number whose bytes have changed", async () => {
    const asked = new Map<number, number>();
    const segment = (bytes: Buffer, number: number) => {
      asked.set(number, (asked.get(number) ?? 0) + 1);
      return asked.get(number) === 1 ? bytes : Buffer.concat([bytes, bytes.subarray(-188)]);
    };
    await follow({ segment }, problem("has changed"));
  });

  it("finds a media sequence that falls", async () => {
    const texts: string[] = [];
    const playlist = (text: string) => {
      texts.push(text);
      return texts.length > 5 ? (texts[0] ?? text) : text;
    };
    await follow({ playlist }, problem("media sequence fell"));
  });
});
