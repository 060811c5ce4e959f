import { describe, expect, it } from "vitest";
import { LevelCurve } from "./level-curve.ts";
import { waveformOf } from "./waveform.ts";

/** s16le stereo of which every value has the same size. */
function loud(samples: number, amplitude: number): Buffer {
  return Buffer.from(new Int16Array(samples * 2).map((_, index) => (index % 3 === 0 ? -amplitude : amplitude)).buffer);
}

describe("The level curve", () => {
  it("has the mean square and the peak of each 10 ms, the last of which may be shorter", () => {
    const curve = new LevelCurve();
    curve.push(Buffer.concat([loud(480, 16384), loud(480, 0), loud(100, 32767)]));
    expect(curve.samples).toBe(1060);
    const { means, peaks } = curve.end();
    expect([...means].map((mean) => mean.toFixed(3))).toEqual(["0.250", "0.000", "1.000"]);
    expect([...peaks]).toEqual([128, 0, 255]);
  });

  it("does not mind where its bytes are cut", () => {
    const bytes = Buffer.concat([loud(700, 8000), loud(700, 20000)]);
    const [whole, cut] = [new LevelCurve(), new LevelCurve()];
    whole.push(bytes);
    for (let at = 0; at < bytes.length; at += 37) cut.push(bytes.subarray(at, at + 37));
    expect(cut.samples).toBe(whole.samples);
    expect(cut.end()).toEqual(whole.end());
  });

  it("grows with the file, beyond a minute", () => {
    const curve = new LevelCurve();
    for (let second = 0; second < 61; second++) curve.push(loud(48_000, second));
    expect(curve.end().means).toHaveLength(6100);
    expect(curve.samples).toBe(61 * 48_000);
  });

  it("takes the largest negative value for full scale", () => {
    const curve = new LevelCurve();
    curve.push(Buffer.from(new Int16Array(960).fill(-32768).buffer));
    const { means, peaks } = curve.end();
    expect([means[0], peaks[0]]).toEqual([1, 255]);
  });
});

describe("The waveform", () => {
  it("keeps the one peak of a long file, in its place", () => {
    const peaks = new Uint8Array(50_000);
    peaks[12_345] = 200;
    const waveform = waveformOf(peaks);
    expect(waveform).toHaveLength(1000);
    expect(waveform.flatMap((peak, part) => (peak > 0 ? [part] : []))).toEqual([246]);
  });

  it("has 1000 parts of a file that has fewer blocks", () => {
    const waveform = waveformOf(Uint8Array.of(1, 2, 3));
    expect(waveform).toHaveLength(1000);
    expect([waveform[0], waveform[500], waveform[999]]).toEqual([1, 2, 3]);
  });
});
