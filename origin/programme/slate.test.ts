import { expect, it } from "vitest";
import { createSlate } from "./slate.ts";
import { loudness, roughness } from "./test-rig.ts";

function hear(from: number, frames: number): Float32Array {
  const slate = createSlate();
  const out = new Int16Array(2048);
  const left: number[] = [];
  for (let frame = from; frame < from + frames; frame++) {
    slate.read(out, frame);
    for (let i = 0; i < out.length; i += 2) left.push((out[i] ?? 0) / 32_768);
  }
  return Float32Array.from(left);
}

it("is audible in every 20 ms, never loud, and closes on itself without a click", () => {
  const sound = hear(83_000_000_000, 800);
  const windows = loudness(sound);
  expect(Math.min(...windows)).toBeGreaterThan(-30);
  expect(Math.max(...windows)).toBeLessThan(-12);
  expect(roughness(sound)).toBeLessThan(0.006);
});

it("is the same on every origin", () => {
  expect(hear(1234, 2)).toEqual(hear(1234, 2));
});
