import fc from "fast-check";
import { expect, it } from "vitest";
import { PcmRing } from "./pcm-ring.ts";

function stereo(from: number, count: number): Int16Array {
  return Int16Array.from({ length: count * 2 }, (_, i) => from + Math.floor(i / 2));
}

it("gives back what was pushed, however the bytes were cut", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 37 }), { minLength: 1, maxLength: 40 }), (cuts) => {
      const samples = stereo(0, 100);
      const bytes = Buffer.from(samples.buffer);
      const ring = new PcmRing(100);
      let offset = 0;
      for (const cut of cuts) {
        ring.pushBytes(bytes.subarray(offset, offset + cut));
        offset = Math.min(bytes.length, offset + cut);
      }
      const whole = Math.floor(offset / 4);
      const out = new Int16Array(200);
      expect(ring.read(out)).toBe(whole);
      expect(out.subarray(0, whole * 2)).toEqual(samples.subarray(0, whole * 2));
      expect(out.subarray(whole * 2).every((value) => value === 0)).toBe(true);
    }),
  );
});

it("loses the oldest on overflow, and says how many", () => {
  const ring = new PcmRing(10);
  ring.push(stereo(0, 8));
  expect(ring.push(stereo(8, 6))).toBe(4);
  expect(ring.push(stereo(14, 25))).toBe(25);
  const out = new Int16Array(20);
  expect(ring.read(out)).toBe(10);
  expect(out).toEqual(stereo(29, 10));
});

it("works on around its end", () => {
  const ring = new PcmRing(7);
  const out = new Int16Array(10);
  for (let round = 0; round < 20; round++) {
    ring.push(stereo(round * 5, 5));
    expect(ring.peek(out)).toBe(5);
    expect(ring.read(out)).toBe(5);
    expect(out).toEqual(stereo(round * 5, 5));
  }
});
