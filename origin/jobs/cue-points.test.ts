import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CuePoints } from "../../contracts/media.ts";
import { cuePointsOf } from "./cue-points.ts";

const SECOND = 48_000;

/** A curve made of stretches: seconds, and the levels in dBFS at its beginning and its end. */
function curveOf(...stretches: [seconds: number, from: number, to?: number][]): Float32Array {
  return Float32Array.from(
    stretches.flatMap(([seconds, from, to = from]) => {
      const blocks = Math.round(seconds * 100);
      return Array.from({ length: blocks }, (_, index) => 10 ** ((from + ((to - from) * index) / blocks) / 10));
    }),
  );
}

function cues(curve: Float32Array, loudness = -14) {
  const cue = cuePointsOf(curve, curve.length * 480, loudness);
  return cue === null ? null : { in: cue.in / SECOND, next: cue.next / SECOND, out: cue.out / SECOND };
}

describe("The cue points of a file", () => {
  it("leave out the silence before and after", () => {
    const found = cues(curveOf([2, -90], [30, -14], [3, -90]));
    expect(found?.in).toBeCloseTo(1.99);
    expect(found?.out).toBeCloseTo(32.01);
  });

  it("take hiss and hum between the tracks of a tape for silence", () => {
    expect(cues(curveOf([2, -58], [30, -14], [3, -58]))?.in).toBeCloseTo(1.99);
  });

  it("let the next track begin at the end where a track ends at once", () => {
    const found = cues(curveOf([30, -14], [3, -90]));
    expect(found?.next).toBe(found?.out);
  });

  it("let it begin where a fade has come down by 10 dB", () => {
    const found = cues(curveOf([60, -14], [10, -14, -74]));
    expect(found?.next).toBeGreaterThan(61.2);
    expect(found?.next).toBeLessThan(62.2);
    expect(found?.out).toBeCloseTo(66.7, 0);
  });

  it("do not take a lone beat in the fade for the music", () => {
    const quiet = cues(curveOf([60, -14], [2, -40], [0.03, -14], [2, -45]));
    expect(quiet?.next).toBeCloseTo(60, 1);
  });

  it("do not take the gap between two beats for the end", () => {
    const beats = Array.from({ length: 80 }, (): [number, number][] => [
      [0.1, -10],
      [0.3, -50],
    ]).flat();
    const found = cues(curveOf(...beats), -16);
    expect(found?.next).toBeGreaterThan(31.6);
  });

  it("bound an ending that never ends", () => {
    const found = cues(curveOf([60, -14], [100, -30]));
    expect((found?.out ?? 0) - (found?.next ?? 0)).toBeCloseTo(15);
  });

  it("give no ending to more than half of a short file", () => {
    const found = cues(curveOf([0.2, -10], [2.8, -35]), -14);
    expect(found?.next).toBeGreaterThanOrEqual(1.5);
  });

  it("are none where nothing can be heard", () => {
    expect(cues(curveOf([10, -90]), -70)).toBeNull();
    expect(cues(new Float32Array(0))).toBeNull();
  });

  it("are in order and within the file, whatever the curve", () => {
    const level = fc.double({ min: -100, max: 0, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(level, { minLength: 1, maxLength: 400 }),
        level,
        fc.nat(479),
        (levels, loudness, missing) => {
          const samples = levels.length * 480 - missing;
          const curve = Float32Array.from(levels, (decibels) => 10 ** (decibels / 10));
          const cue = cuePointsOf(curve, samples, Math.max(-70, loudness));
          if (cue === null) return;
          expect(CuePoints.safeParse(cue).success).toBe(true);
          expect(cue.out).toBeLessThanOrEqual(samples);
        },
      ),
    );
  });
});
