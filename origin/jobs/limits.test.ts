import { describe, expect, it } from "vitest";
import { excessOf, isTooSlow, MAX_SECONDS } from "./limits.ts";
import { whatIsMissing } from "./missing-sound.ts";

describe("Decoding", () => {
  it.each([
    [59_000, 0, false],
    [61_000, 0, true],
    [100_000, 100, false],
    [120_000, 100, true],
    [MAX_SECONDS * 500 + 61_000, MAX_SECONDS, true],
  ])("after %i ms and %i s of sound is too slow: %s", (elapsed, decoded, tooSlow) => {
    expect(isTooSlow(elapsed, decoded)).toBe(tooSlow);
  });

  it.each([
    ["an hour of speech at 6 kbit/s", 3600, 2_700_000, null],
    ["six hours of music", MAX_SECONDS, 500e6, null],
    ["a minute of nothing", 60, 500, null],
    ["more than six hours", MAX_SECONDS + 1, 500e6, /more than 6 hours/],
    ["ten minutes in a kilobyte", 601, 1000, /times its size/],
  ])("of %s is taken or not", (_, seconds, bytes, reason) => {
    if (reason === null) expect(excessOf(seconds, bytes)).toBeNull();
    else expect(excessOf(seconds, bytes)).toMatch(reason);
  });
});

describe("A file", () => {
  it.each([
    ["flac", 100, 100, null],
    ["flac", 100, 95, null],
    ["flac", 100, 93, /not whole: 93 of 100 s/],
    ["flac", 2, 1.1, null],
    ["flac", 0, 100, null],
    ["mp3", 100, 30, null],
    ["mp3", 100, 10, /^Most of the file/],
    ["wav", 100, 0.9, /^There is less than a second/],
    ["wav", 100, 0, /^No sound at all/],
  ])("of %s that should have %d s and has %d is whole or not", (format, expected, decoded, reason) => {
    if (reason === null) expect(whatIsMissing(format, expected, decoded)).toBeNull();
    else expect(whatIsMissing(format, expected, decoded)).toMatch(reason);
  });
});
