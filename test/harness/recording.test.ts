import { describe, expect, it } from "vitest";
import { encodeFrames } from "./aac-frames.ts";
import { toneSpans } from "./audio/tone.ts";
import { makeSegment } from "./fixtures/segment.ts";
import { decodeSegments } from "./recording.ts";

/** Two seconds of 440 Hz, then 1 kHz, as segments of 0.96 s from number 1 870 000 000 on. */
async function makeSegments(count: number): Promise<Map<number, Buffer>> {
  const frames = await encodeFrames("aevalsrc=0.2*sin(2*PI*if(lt(t\\,2)\\,440\\,1000)*t):s=48000", 6);
  const segments = new Map<number, Buffer>();
  let counter = 0;
  for (let index = 0; index < count; index++) {
    const number = 1_870_000_000 + index;
    const made = makeSegment({
      number,
      framesPerSegment: 45,
      frames: frames.slice(index * 45, index * 45 + 45),
      counter,
    });
    segments.set(number, made.bytes);
    counter = made.counterAfter;
  }
  return segments;
}

describe("a recording", () => {
  it("puts each sound at its place in programme time", async () => {
    const recording = await decodeSegments(await makeSegments(5), 45);
    expect(recording.startsAt).toBe(1_870_000_000 * 960);
    const [tone] = toneSpans(recording.sound, 1000, -30);
    // The frames begin with the encoder's priming of one frame, 21 ms.
    expect(recording.timeAt(tone?.from ?? 0) - recording.startsAt).toBeGreaterThan(1990);
    expect(recording.timeAt(tone?.from ?? 0) - recording.startsAt).toBeLessThan(2040);
  });

  it("is not made of segments with a hole between them", async () => {
    const segments = await makeSegments(3);
    segments.delete(1_870_000_001);
    await expect(decodeSegments(segments, 45)).rejects.toThrow("segment 1870000001 is missing");
  });

  it("is not made of segments that lack a frame", async () => {
    const segments = await makeSegments(3);
    const frames = (await encodeFrames("sine=frequency=440:sample_rate=48000", 6)).slice(0, 44);
    const short = makeSegment({ number: 1_870_000_002, framesPerSegment: 45, frames, counter: 0 });
    segments.set(1_870_000_002, short.bytes);
    await expect(decodeSegments(segments, 45)).rejects.toThrow("samples, not");
  });
});
