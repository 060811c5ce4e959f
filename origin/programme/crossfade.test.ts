import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { crossfade, FADE_SAMPLES, fadeIn, softClip } from "./crossfade.ts";

const FRAMES = Math.ceil(FADE_SAMPLES / SAMPLES_PER_FRAME) + 1;

/** Left channel of a whole fade between two sources given by sample number. */
function fade(outgoing: (i: number) => number, incoming: (i: number) => number): number[] {
  const left: number[] = [];
  for (let frame = 0; frame < FRAMES; frame++) {
    const at = (source: (i: number) => number) =>
      Int16Array.from({ length: 2 * SAMPLES_PER_FRAME }, (_, i) =>
        source(frame * SAMPLES_PER_FRAME + Math.floor(i / 2)),
      );
    const mix = at(incoming);
    crossfade(mix, at(outgoing), frame * SAMPLES_PER_FRAME);
    for (let i = 0; i < mix.length; i += 2) left.push(mix[i] ?? 0);
  }
  return left;
}

const sine = (hertz: number, peak: number) => (i: number) =>
  Math.round(peak * Math.sin((2 * Math.PI * hertz * i) / 48_000));

describe("crossfade", () => {
  it("begins with the outgoing source and ends, after 300 ms, with the incoming one", () => {
    const mix = fade(
      () => 1000,
      () => -500,
    );
    expect(FADE_SAMPLES).toBe(14_400);
    expect(mix[0]).toBe(1000);
    expect(mix[FADE_SAMPLES]).toBe(-500);
    expect(mix.slice(FADE_SAMPLES).every((value) => value === -500)).toBe(true);
  });

  it("keeps the power of unlike sources", () => {
    const mix = fade(sine(440, 8000), sine(1234.5, 8000));
    for (let start = 0; start + 960 < FADE_SAMPLES; start += 960) {
      const power = mix.slice(start, start + 960).reduce((sum, value) => sum + value * value, 0) / 960;
      expect(10 * Math.log10(power / (8000 ** 2 / 2))).toBeCloseTo(0, 0);
    }
  });

  it("does not click where it begins and ends, nor overflow, with sources at full scale", () => {
    const mix = fade(sine(100, 32_767), sine(100, 32_767));
    const bends = mix.slice(2).map((value, i) => Math.abs(value - 2 * (mix[i + 1] ?? 0) + (mix[i] ?? 0)));
    expect(Math.max(...bends)).toBeLessThan(40);
    expect(Math.max(...mix)).toBeGreaterThan(32_000);
  });
});

describe("softClip", () => {
  it("leaves alone what is below the knee, rises always, and reaches full scale at the most", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1.001, max: Math.SQRT2, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (most, share) => {
          const value = share * most;
          const clipped = softClip(value, most);
          if (value <= 1 / most) expect(clipped).toBe(value);
          expect(clipped).toBeLessThanOrEqual(1);
          expect(softClip(value + 0.001, most)).toBeGreaterThanOrEqual(clipped);
          expect(softClip(-value, most)).toBeCloseTo(-clipped, 12);
          expect(softClip(most, most)).toBeCloseTo(1, 12);
        },
      ),
    );
  });
});

it("fades in over the given length, wherever the pieces are cut", () => {
  const ramp = [0, 10].flatMap((position) => {
    const piece = new Int16Array(20).fill(1000);
    fadeIn(piece, position, 15);
    return [...piece].filter((_, i) => i % 2 === 0);
  });
  expect(ramp.slice(0, 16)).toEqual([...Array.from({ length: 15 }, (_, i) => Math.trunc((1000 * i) / 15)), 1000]);
});
