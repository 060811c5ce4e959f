import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProgrammeItem } from "../../contracts/programme-item.ts";
import { newPlays } from "./new-plays.ts";

const track = (frame: number, title: string, frames = 100): ProgrammeItem => ({
  ...{ frame, source: "autopilot", title, artist: "", frames },
});

describe("what is new in what was heard", () => {
  it("is what is not recorded", () => {
    const heard = [track(0, "Dawn"), track(100, "Tide"), track(200, "Train")];
    expect(newPlays([track(0, "Dawn"), track(100, "Tide")], heard)).toEqual([track(200, "Train")]);
    expect(newPlays(heard, heard)).toEqual([]);
  });

  it("is not what a new studio goes on with, also when no origin remembers its beginning", () => {
    expect(newPlays([track(100, "Tide")], [track(140, "Tide", 60), track(200, "Train")])).toEqual([
      track(200, "Train"),
    ]);
  });

  it("is what was missed in between", () => {
    expect(newPlays([track(0, "Dawn"), track(200, "Train")], [track(100, "Tide"), track(200, "Train")])).toEqual([
      track(100, "Tide"),
    ]);
  });

  it("is each playing once, however often one looks and how much of it one sees", () => {
    const played = Array.from({ length: 30 }, (_, index) => track(index * 100, `${index % 7}`));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(29), fc.nat(29)), { minLength: 1 }), (looks) => {
        let recorded: ProgrammeItem[] = [];
        const seen = new Set<number>();
        for (const [one, other] of looks) {
          const heard = played.slice(Math.min(one, other), Math.max(one, other) + 1);
          for (const { frame } of heard) seen.add(frame);
          const found = newPlays(recorded, heard);
          recorded = [...recorded, ...found].sort((a, b) => a.frame - b.frame);
        }
        expect(recorded).toEqual(played.filter(({ frame }) => seen.has(frame)));
      }),
    );
  });
});
