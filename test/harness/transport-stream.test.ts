import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { AdtsError, readAdtsFrames } from "./adts.ts";
import { makeSegment } from "./fixtures/segment.ts";
import { readSegment, TransportStreamError } from "./transport-stream.ts";

const SECONDS = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", "2", "-ac", "2"];

async function ffmpeg(...output: string[]): Promise<Buffer> {
  const args = ["-v", "error", "-nostdin", ...SECONDS, "-c:a", "aac", ...output, "pipe:1"];
  return (await promisify(execFile)("ffmpeg", args, { encoding: "buffer" })).stdout;
}

let adts: Buffer;
let stream: Buffer;
beforeAll(async () => {
  [adts, stream] = await Promise.all([ffmpeg("-f", "adts"), ffmpeg("-f", "mpegts")]);
});

describe("a transport stream made by ffmpeg", () => {
  it("holds the frames that ffmpeg writes as plain ADTS", () => {
    const { frames } = readSegment(stream);
    expect(frames.map((frame) => frame.data)).toEqual(readAdtsFrames(adts).map((frame) => frame.data));
    expect(new Set(frames.map((frame) => frame.format))).toEqual(new Set(["2/3/2"]));
  });

  it("has PTS that run on by a frame, and counters that run on by one", () => {
    const { frames, counters, stated } = readSegment(stream);
    const first = frames[0]?.pts ?? 0;
    expect(frames.map((frame) => frame.pts)).toEqual(frames.map((_, index) => first + index * 1920));
    expect(stated.map(({ pts, frame }) => pts - frame * 1920)).toEqual(stated.map(() => first));
    expect(counters.audio).toEqual(counters.audio.map((_, index) => index % 16));
  });
});

describe("a segment of the fixture's muxer", () => {
  it("reads back with its frames, PTS and counters", () => {
    const frames = readAdtsFrames(adts).slice(0, 45);
    const made = makeSegment({
      number: 1_870_171_515,
      framesPerSegment: 45,
      frames: frames.map((frame) => frame.data),
      counter: 9,
    });
    const read = readSegment(made.bytes);
    expect(read.frames.map((frame) => frame.data)).toEqual(frames.map((frame) => frame.data));
    expect(read.frames[0]?.pts).toBe((1_870_171_515 * 45 * 1920) % 2 ** 33);
    expect(read.counters.audio[0]).toBe(9);
    expect(read.counters.audio.length).toBe(made.bytes.length / 188 - 2);
    expect(read.counters.pat).toEqual([1_870_171_515 % 16]);
    expect(read.clocks).toHaveLength(2);
  });
});

describe("what is not a sound segment", () => {
  it("is refused: bytes that are no whole packets", () => {
    expect(() => readSegment(stream.subarray(0, 1000))).toThrow(TransportStreamError);
    expect(() => readSegment(Buffer.alloc(188))).toThrow("no sync byte");
  });

  it("is refused: a stream that lacks its last packet", () => {
    expect(() => readSegment(stream.subarray(0, stream.length - 188))).toThrow();
  });

  it("is refused: a frame that ends too early", () => {
    expect(() => readAdtsFrames(adts.subarray(0, adts.length - 1))).toThrow(AdtsError);
  });
});
