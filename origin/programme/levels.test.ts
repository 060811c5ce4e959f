import { expect, it } from "vitest";
import { SILENCE_DBFS } from "../../contracts/stamp.ts";
import { Levels } from "./levels.ts";

function frameOf(value: number): Int16Array {
  return new Int16Array(2048).map((_, i) => (i % 2 === 0 ? value : -value));
}

it("measures peak and RMS of a whole segment, to a tenth of a dB", () => {
  const levels = new Levels(2);
  levels.add(20, frameOf(16_384));
  expect(levels.of(10)).toBeNull();
  levels.add(21, frameOf(0));
  expect(levels.of(10)).toEqual({ peak: -6, rms: -9 });
});

it("knows full scale and digital silence", () => {
  const levels = new Levels(1);
  levels.add(1, frameOf(-32_768));
  levels.add(2, frameOf(0));
  expect(levels.of(1)).toEqual({ peak: 0, rms: 0 });
  expect(levels.of(2)).toEqual({ peak: SILENCE_DBFS, rms: SILENCE_DBFS });
});

it("knows nothing of a segment that was begun in the middle, and forgets after eight", () => {
  const levels = new Levels(2);
  levels.add(1, frameOf(100));
  for (let frame = 2; frame < 20; frame++) levels.add(frame, frameOf(100));
  expect(levels.of(0)).toBeNull();
  expect(levels.of(1)).toBeNull();
  expect(levels.of(2)).not.toBeNull();
  expect(levels.of(9)).not.toBeNull();
});
