import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeAt, type Track, tracksFrom } from "./rotation.ts";

function track(path: string, samples: number): Track {
  return { path, title: path, artist: "", samples };
}

const TRACKS = [track("a", 100), track("b", 50), track("c", 250)];

describe("placeAt", () => {
  it.each([
    [0, "a", 0],
    [99, "a", 99],
    [100, "b", 0],
    [149, "b", 49],
    [150, "c", 0],
    [399, "c", 249],
    [400, "a", 0],
    [400 * 1e9 + 120, "b", 20],
  ])("at sample %i plays %s from %i", (sample, path, offset) => {
    expect(placeAt(TRACKS, sample)).toMatchObject({ track: { path }, offset });
  });

  it("has no place in an empty library", () => {
    expect(placeAt([], 5)).toBeNull();
  });

  it("moves on by one sample a sample, and to the next track's beginning at a track's end", () => {
    const library = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(library, fc.integer({ min: 0, max: 2 ** 50 }), (lengths, sample) => {
        const tracks = lengths.map((samples, i) => track(`${i}`, samples));
        const here = placeAt(tracks, sample);
        const next = placeAt(tracks, sample + 1);
        if (here === null || next === null) throw new Error("no place");
        const isEnd = here.offset + 1 === here.track.samples;
        expect(next.offset).toBe(isEnd ? 0 : here.offset + 1);
        expect(next.index).toBe(isEnd ? (here.index + 1) % tracks.length : here.index);
      }),
    );
  });
});

describe("tracksFrom", () => {
  const SECOND = 48_000;
  const seconds = (...lengths: number[]) => lengths.map((length, i) => track("abc"[i] ?? "", length * SECOND));

  it("goes round, and names each track at most once", () => {
    const tracks = seconds(2, 1, 5);
    const titlesFrom = (second: number, count: number) =>
      tracksFrom(tracks, second * SECOND, count).map(({ title }) => title);
    expect(titlesFrom(3, 5)).toEqual(["c", "a", "b"]);
    expect(titlesFrom(8 * 1000, 2)).toEqual(["a", "b"]);
    expect(tracksFrom([], 0, 5)).toEqual([]);
  });

  it("tells the frame in which each is first heard, and how many are left of it", () => {
    expect(tracksFrom(seconds(2, 1, 5), 8 * 100 * SECOND + SECOND, 3)).toMatchObject([
      { title: "a", frame: 37_546, frames: 47 },
      { title: "b", frame: 37_593, frames: 47 },
      { title: "c", frame: 37_640, frames: 234 },
    ]);
  });
});
