import { expect, it } from "vitest";
import { SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { JitterBuffer } from "./jitter-buffer.ts";
import { roughness, silentLog } from "./test-rig.ts";

const PEAK = 4096;
const HERTZ = 880;
const FRAME_MS = (SAMPLES_PER_FRAME * 1000) / 48_000;
/** Second difference of the tone with room for rounding, and for two tones of other phases that cross in a frame. */
const SMOOTH = (PEAK / 32_768) * ((2 * Math.PI * HERTZ) / 48_000) ** 2 * 1.5 + 3 / 32_768;

/** A line that brings a tone, and ears that read it frame by frame. */
function openLine() {
  const buffer = new JitterBuffer(silentLog());
  let sent = 0;
  const heard: number[] = [];
  const out = new Int16Array(2 * SAMPLES_PER_FRAME);
  return {
    bring(seconds: number): void {
      const values = Int16Array.from({ length: 2 * Math.round(seconds * 48_000) }, (_, i) =>
        Math.round(PEAK * Math.sin((2 * Math.PI * HERTZ * (sent + (i >> 1))) / 48_000)),
      );
      sent += values.length / 2;
      for (let from = 0; from < values.byteLength; from += 8192)
        buffer.push(Buffer.from(values.buffer, from, Math.min(8192, values.byteLength - from)));
    },
    hear(frames: number): void {
      for (let frame = 0; frame < frames; frame++) {
        buffer.tick(FRAME_MS);
        buffer.read(out);
        for (let i = 0; i < out.length; i += 2) heard.push((out[i] ?? 0) / 32_768);
      }
    },
    ms: () => buffer.ms,
    roughness: () => roughness(Float32Array.from(heard)),
  };
}

it.each([
  ["a backlog of 3.5 s that is left out", 2.9],
  ["a burst of 5 s, more than is kept", 5],
])("%s makes no click, at any place between two samples", (_, burst) => {
  for (let begun = 10; begun < 20; begun++) {
    const line = openLine();
    line.bring(1);
    line.hear(begun);
    line.bring(burst);
    line.hear(20);
    expect(line.roughness()).toBeLessThan(SMOOTH);
    expect(line.ms()).toBeLessThan(1100);
  }
});
