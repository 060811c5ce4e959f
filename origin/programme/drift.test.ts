import { expect, it } from "vitest";
import { SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { DriftReader } from "./drift.ts";
import { PcmRing } from "./pcm-ring.ts";
import { roughness } from "./test-rig.ts";

const TARGET = 0.6 * 48_000;
const PEAK = 8000;
const HERTZ = 440;

/** Feeds a tone `speed` times as fast as it is read for `seconds`, and tells how the fill and the sound were. */
function listen(speed: number, seconds: number) {
  const ring = new PcmRing(4 * 48_000);
  const reader = new DriftReader(ring);
  let fed = 0;
  const feedTo = (end: number) => {
    const values = Int16Array.from({ length: 2 * (end - fed) }, (_, i) =>
      Math.round(PEAK * Math.sin((2 * Math.PI * HERTZ * (fed + Math.floor(i / 2))) / 48_000)),
    );
    ring.push(values);
    fed = end;
  };
  feedTo(TARGET);
  reader.reset();
  const fills: number[] = [];
  const heard: number[] = [];
  const out = new Int16Array(2 * SAMPLES_PER_FRAME);
  for (let frame = 1; frame * SAMPLES_PER_FRAME < seconds * 48_000; frame++) {
    feedTo(TARGET + Math.floor(frame * SAMPLES_PER_FRAME * speed));
    reader.read(out, TARGET);
    for (let i = 0; i < out.length; i += 2) heard.push((out[i] ?? 0) / 32_768);
    fills.push(ring.fill / 48);
  }
  return { leastMs: Math.min(...fills), mostMs: Math.max(...fills), roughness: roughness(Float32Array.from(heard)) };
}

it.each([1.002, 0.998])("holds the buffer with a host's clock at %f of ours, without a click", (speed) => {
  const { leastMs, mostMs, roughness } = listen(speed, 90);
  expect(leastMs).toBeGreaterThan(350);
  expect(mostMs).toBeLessThan(900);
  expect(roughness).toBeLessThan((PEAK / 32_768) * ((2 * Math.PI * HERTZ) / 48_000) ** 2 * 1.05 + 3 / 32_768);
});

it("passes a steady host through untouched", () => {
  const ring = new PcmRing(48_000);
  const reader = new DriftReader(ring);
  const values = Int16Array.from({ length: 2 * 20_000 }, (_, i) => i % 30_000);
  ring.push(values);
  reader.reset();
  const out = new Int16Array(2 * SAMPLES_PER_FRAME);
  reader.read(out, 20_000);
  expect(out).toEqual(values.subarray(0, out.length));
});
