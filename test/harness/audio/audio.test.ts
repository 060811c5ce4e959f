import { describe, expect, it } from "vitest";
import { crossfade, join, silence, sine } from "../fixtures/synth.ts";
import { findClicks } from "./click.ts";
import { levels, SILENCE_DB } from "./level.ts";
import { placeIn } from "./place.ts";
import { quieterThanBoth } from "./quiet.ts";
import { cut, secondsOf, soundOfPcm } from "./sound.ts";
import { toneLevel, toneSpans } from "./tone.ts";

describe("PCM", () => {
  it("becomes the samples of its left channel", () => {
    const pcm = Buffer.alloc(8);
    pcm.writeInt16LE(16_384, 0);
    pcm.writeInt16LE(-32_768, 4);
    expect([...soundOfPcm(pcm).samples]).toEqual([0.5, -1]);
  });

  it("is cut by seconds", () => {
    expect(secondsOf(cut(silence(2), 0.5, 1.25))).toBe(0.75);
  });
});

describe("the level", () => {
  it("of a sine is 3 dB below its amplitude, that of nothing is silence", () => {
    const [tone] = levels(sine(500, 0.02, 0.5));
    expect(tone).toBeCloseTo(-9.03, 1);
    expect(levels(silence(0.05))).toEqual([SILENCE_DB, SILENCE_DB]);
  });
});

describe("the place in a noise", () => {
  it("is found to the sample, however loud it is heard", () => {
    let state = 1;
    const noise = Float32Array.from({ length: 30_000 }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647 - 0.5;
    });
    const heard = noise.subarray(9000).map((sample) => sample / 3);
    expect(placeIn(noise, heard, 1000, 10_000)).toBe(10_000);
    expect(placeIn(noise, heard, 1000, 11_234)).toBe(10_000);
  });
});

describe("the click detector", () => {
  const before = sine(440, 0.5);
  const fade = crossfade(sine(440, 0.3), sine(1000, 0.3));

  it("hears none in a tone, nor in a crossfade of two", () => {
    expect(findClicks(before)).toEqual([]);
    expect(findClicks(join(before, fade, sine(1000, 0.5)))).toEqual([]);
  });

  it("hears a jump of the phase, where it is", () => {
    const clicks = findClicks(join(before, sine(440, 0.5, 0.25, 0.8)));
    expect(clicks).toHaveLength(1);
    expect(clicks[0]).toBeCloseTo(0.5, 2);
  });

  it("hears both ends of a dropout of a millisecond", () => {
    const clicks = findClicks(join(before, silence(0.001), sine(440, 0.5, 0.25, 1)));
    expect(clicks.length).toBeGreaterThanOrEqual(1);
    expect(clicks[0]).toBeCloseTo(0.5, 2);
  });

  it("hears a single sample that is off", () => {
    const sound = sine(440, 0.5);
    sound.samples[12_000] = (sound.samples[12_000] ?? 0) + 0.1;
    expect(findClicks(sound)).toEqual([expect.closeTo(0.25, 3)]);
  });
});

describe("the quiet window detector", () => {
  const sources: [number, number] = [-15.05, -15.05];

  it("finds none in a crossfade of equal power", () => {
    const whole = join(sine(440, 0.4), crossfade(sine(440, 0.3), sine(1000, 0.3)), sine(1000, 0.4));
    expect(quieterThanBoth(whole, sources)).toEqual([]);
  });

  it("finds a gap of 30 ms between the two", () => {
    const quiet = quieterThanBoth(join(sine(440, 0.4), silence(0.03), sine(1000, 0.4)), sources);
    expect(quiet[0]?.at).toBe(0.4);
  });

  it("finds the hole in the middle of a crossfade that fades out before it fades in", () => {
    const hole = join(crossfade(sine(440, 0.3), silence(0.3)), crossfade(silence(0.3), sine(1000, 0.3)));
    expect(quieterThanBoth(hole, sources).length).toBeGreaterThan(5);
  });

  it("holds the crossfade to the quieter of the two sources only", () => {
    const whole = join(sine(440, 0.4), crossfade(sine(440, 0.3), sine(1000, 0.3, 0.05)), sine(1000, 0.4, 0.05));
    expect(quieterThanBoth(whole, [-15.05, -29.03])).toEqual([]);
  });
});

describe("the tone detector", () => {
  it("measures one frequency and not its neighbour", () => {
    const sound = sine(1000, 0.5, 0.25);
    expect(toneLevel(sound, 1000)).toBeCloseTo(-12.04, 1);
    expect(toneLevel(sound, 1500)).toBeLessThan(-60);
  });

  it("says from when to when a tone is heard beside another", () => {
    const beep = join(sine(440, 0.5), crossfade(sine(440, 0.02), sine(1000, 0.02)), sine(1000, 0.6), sine(440, 0.4));
    const spans = toneSpans(beep, 1000, -20);
    expect(spans).toHaveLength(1);
    expect(spans[0]?.from).toBeCloseTo(0.51, 1);
    expect(spans[0]?.to).toBeCloseTo(1.12, 1);
  });

  it("tells apart two beeps", () => {
    const beeps = join(silence(0.2), sine(1000, 0.2), silence(0.3), sine(1000, 0.2), silence(0.2));
    expect(toneSpans(beeps, 1000, -20).map(({ from }) => Math.round(from * 10) / 10)).toEqual([0.2, 0.7]);
  });
});
