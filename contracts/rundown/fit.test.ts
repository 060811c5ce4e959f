import { describe, expect, it } from "vitest";
import { chooseToFit } from "./fit.ts";
import { artistOf, type Entry, titleOf } from "./library.ts";
import { track } from "./test-plan.ts";

const SECOND = 48_000;

function entry(number: number, seconds: number, artist = `Artist ${number}`): Entry {
  const made = track(number, seconds, { artist });
  const length = seconds * SECOND;
  return { track: made, artist: artistOf(made), title: titleOf(made), length, advance: length, weight: 1000 };
}

const lengthOf = (chosen: Entry | null) => (chosen ? chosen.length / SECOND : null);

describe("What is chosen to fit", () => {
  it.each([
    ["one track", [200, 180, 240], 179, 180],
    ["the first of two", [200, 185, 240], 425, 185],
    ["the first of three", [100, 210, 330], 640, 100],
    ["the one that is cut off least, where none fits", [200, 300], 150, 200],
  ])("is %s", (_, lengths, rest, expected) => {
    const entries = lengths.map((seconds, index) => entry(index, seconds));
    expect(lengthOf(chooseToFit(entries, rest * SECOND))).toBe(expected);
  });

  it("is nothing where too little is left to choose from", () => {
    expect(chooseToFit([entry(1, 100), entry(2, 100)], 500 * SECOND)).toBeNull();
    expect(chooseToFit([], SECOND)).toBeNull();
  });

  it("never has one artist twice in a row of tracks", () => {
    const entries = [entry(1, 100, "Same"), entry(2, 101, "same "), entry(3, 150, "Other")];
    expect(lengthOf(chooseToFit(entries, 200 * SECOND))).not.toBe(101);
    expect(chooseToFit(entries.slice(0, 2), 200 * SECOND)).toBeNull();
  });
});
