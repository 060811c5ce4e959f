import { describe, expect, it } from "vitest";
import type { Heard } from "../../harness/listeners/listener.ts";
import { gapsBetween, heardAt, silencesOfEdges, silentBetween } from "./silence.ts";

describe("silence", () => {
  it("is what lies in none of the spans, also where one lies within another", () => {
    const spans = [
      { from: 0, to: 10 },
      { from: 2, to: 3 },
      { from: 10.5, to: 12 },
    ];
    expect(gapsBetween(spans)).toEqual([{ from: 10, to: 10.5 }]);
  });

  it("is not found in gaps that are as short as an edge is uncertain", () => {
    const spans = [
      { from: 0, to: 1 },
      { from: 1.05, to: 2 },
    ];
    expect(gapsBetween(spans)).toEqual([]);
  });

  it("is when the one tone has ended and the other not begun, and none while one goes on", () => {
    const edges = [
      { at: 1000, frequency: 440, heard: true },
      { at: 5000, frequency: 440, heard: false },
      { at: 5400, frequency: 1000, heard: true },
    ];
    const [gap, ...more] = silencesOfEdges(edges, 9000);
    expect(gap?.at).toBe(5000);
    expect(gap?.seconds).toBeCloseTo(0.4);
    expect(more).toEqual([]);
  });

  it("counts for the time in which it began", () => {
    const silences = [
      { at: 1000, seconds: 1 },
      { at: 2000, seconds: 4 },
    ];
    expect(silentBetween(silences, 1500, 3000)).toBe(4);
  });
});

it("sound is heard later by each stall before it", () => {
  const stalls = [
    { at: 3000, seconds: 2 },
    { at: 60_000, seconds: 5 },
  ];
  const heard: Heard = { player: "ffmpeg", since: 1000, seconds: 100, stalls, problems: [] };
  expect(heardAt(heard, 1)).toBe(2000);
  expect(heardAt(heard, 4)).toBe(7000);
});
