import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StationIndex } from "../../contracts/station-index.ts";
import { segmentAt, segmentTime } from "../../contracts/timeline.ts";
import { exampleIndex, exampleSegment, numbers, RENDITION, SEGMENT_MS } from "../test-world.ts";
import { type Holdings, merge } from "./merge.ts";
import { planBlindWindow, planWindow, playlistCacheControl, segmentsOf, WINDOW_SEGMENTS } from "./window.ts";

const FRAMES = 150;
const NEWEST = 552_000_000;
/** When segment NEWEST is complete and published. */
const NOW = segmentTime(NEWEST + 1, FRAMES);
const EMPTY: Holdings = new Map();

function index(origin: string, held: number[], change: Partial<StationIndex> & { generation?: number } = {}) {
  const { generation = 1, ...rest } = change;
  const segments = held.map((number) => exampleSegment(number, generation, `${origin}${number}`.padEnd(64, "0"), 940));
  return exampleIndex(origin, segments, { updatedAt: NOW, ...rest });
}

/** The numbers that are listed, those that are heard from the reel as negative ones. */
function listed(holdings: Holdings, now = NOW): number[] {
  const window = planWindow(holdings, RENDITION, FRAMES, now);
  if (window === null) return [];
  return segmentsOf(window).map(({ number }) => (holdings.has(number) ? number : -number));
}

function originsOf(holdings: Holdings, number: number): string[] {
  return (holdings.get(number) ?? []).map((copy) => copy.origin);
}

describe("merging the indexes of a station's origins", () => {
  it("knows every copy of a number, the higher generation first", () => {
    const holdings = merge(
      EMPTY,
      [index("a", [NEWEST], { generation: 1 }), index("b", [NEWEST], { generation: 2 }), index("c", [NEWEST - 1])],
      FRAMES,
      NOW,
    );
    expect(originsOf(holdings, NEWEST)).toEqual(["b", "a"]);
    expect(originsOf(holdings, NEWEST - 1)).toEqual(["c"]);
  });

  it("ignores an index of another segment length", () => {
    expect(merge(EMPTY, [index("a", [NEWEST], { framesPerSegment: 300 })], FRAMES, NOW).size).toBe(0);
  });

  it("ignores segments later than one segment from now", () => {
    const holdings = merge(EMPTY, [index("a", numbers(NEWEST, NEWEST + 5))], FRAMES, NOW);
    expect([...holdings.keys()]).toEqual([NEWEST, NEWEST + 1, NEWEST + 2]);
  });

  it("withdraws nothing when an origin starts over with a short index", () => {
    const before = merge(EMPTY, [index("a", numbers(NEWEST - 11, NEWEST))], FRAMES, NOW);
    const after = merge(before, [index("a", [NEWEST + 1], { updatedAt: NOW + SEGMENT_MS })], FRAMES, NOW + SEGMENT_MS);
    expect(listed(after, NOW + SEGMENT_MS)).toEqual(numbers(NEWEST - 10, NEWEST + 1));
  });

  it("takes an origin's newer word on a number", () => {
    const before = merge(EMPTY, [index("a", [NEWEST], { generation: 1 })], FRAMES, NOW);
    const after = merge(before, [index("a", [NEWEST], { generation: 2 })], FRAMES, NOW);
    expect(after.get(NEWEST)?.map((copy) => copy.generation)).toEqual([2]);
  });

  it("leaves out what one origin says first, when it has been outvoted before, for as long as others may follow", () => {
    const copies = (origin: string, content: string, held: number[]) =>
      exampleIndex(
        origin,
        held.map((number) => exampleSegment(number, 1, content.padEnd(64, "0"), 940)),
        { updatedAt: NOW },
      );
    const truth = ["a", "b"].map((origin) => copies(origin, "1", [NEWEST - 1]));
    const first = [...truth, copies("odd", "2", [NEWEST - 1, NEWEST])];
    expect([...merge(EMPTY, first, FRAMES, NOW).keys()]).toEqual([NEWEST - 1]);
    expect(originsOf(merge(EMPTY, first, FRAMES, NOW + 0.6 * SEGMENT_MS), NEWEST)).toEqual(["odd"]);
    const followed = [...first, copies("a", "1", [NEWEST])];
    expect(originsOf(merge(EMPTY, followed, FRAMES, NOW + 0.6 * SEGMENT_MS), NEWEST)).toEqual(["a"]);
  });

  it("leaves out what an origin of the reserve has first, for as long as others may follow", () => {
    const indexes = [index("a", [NEWEST - 1]), index("reserve", [NEWEST - 1, NEWEST])];
    const reserve = new Set(["reserve"]);
    expect(originsOf(merge(EMPTY, indexes, FRAMES, NOW, reserve), NEWEST - 1)).toEqual(["a"]);
    expect([...merge(EMPTY, indexes, FRAMES, NOW, reserve).keys()]).toEqual([NEWEST - 1]);
    expect(originsOf(merge(EMPTY, indexes, FRAMES, NOW + 0.6 * SEGMENT_MS, reserve), NEWEST)).toEqual(["reserve"]);
  });

  it("remembers a bounded number of segments", () => {
    let holdings = EMPTY;
    for (let shift = 200; shift >= 0; shift -= 1) {
      holdings = merge(holdings, [index("a", numbers(NEWEST - shift - 11, NEWEST - shift))], FRAMES, NOW);
    }
    expect(holdings.size).toBe(48);
  });
});

describe("the window of a playlist", () => {
  it("is the newest twelve numbers", () => {
    expect(listed(merge(EMPTY, [index("a", numbers(NEWEST - 23, NEWEST))], FRAMES, NOW))).toEqual(
      numbers(NEWEST - 11, NEWEST),
    );
  });

  it("is shorter when fewer segments exist, and absent when none does", () => {
    expect(listed(merge(EMPTY, [index("a", numbers(NEWEST - 2, NEWEST))], FRAMES, NOW))).toEqual(
      numbers(NEWEST - 2, NEWEST),
    );
    expect(planWindow(EMPTY, RENDITION, FRAMES, NOW)).toBeNull();
  });

  it("is the reel's by the clock where nothing is known, and never ahead of a programme that is on time", () => {
    const blind = planBlindWindow(FRAMES, NOW);
    expect([blind.first, blind.edge]).toEqual([blind.edge - 11, segmentAt(NOW, FRAMES) - 2]);
    expect(planBlindWindow(FRAMES, blind.dueAt - 1).edge).toBe(blind.edge);
    expect(planBlindWindow(FRAMES, blind.dueAt).edge).toBe(blind.edge + 1);
    expect(blind.edge).toBeLessThan(NEWEST);
  });

  it("is filled by whoever has a number", () => {
    const holdings = merge(
      EMPTY,
      [
        index("a", numbers(NEWEST - 11, NEWEST - 6), { updatedAt: NOW - 6 * SEGMENT_MS }),
        index("b", numbers(NEWEST - 5, NEWEST)),
      ],
      FRAMES,
      NOW,
    );
    expect(listed(holdings)).toEqual(numbers(NEWEST - 11, NEWEST));
  });

  it("is not cut short by an origin that has restarted while another has the rest", () => {
    const holdings = merge(EMPTY, [index("a", [NEWEST]), index("b", numbers(NEWEST - 11, NEWEST))], FRAMES, NOW);
    expect(listed(holdings)).toEqual(numbers(NEWEST - 11, NEWEST));
  });

  describe("with a hole", () => {
    const before = index("a", numbers(NEWEST - 11, NEWEST - 2), { updatedAt: NOW - 2 * SEGMENT_MS });
    const beyond = index("b", [NEWEST]);
    const tooLate = NOW - SEGMENT_MS / 4;

    it("ends before the hole for three quarters of a segment length beyond its time, whatever there is behind it", () => {
      const early = tooLate - 1;
      const ahead = { ...beyond, updatedAt: early };
      expect(listed(merge(EMPTY, [before, ahead], FRAMES, early), early)).toEqual(numbers(NEWEST - 11, NEWEST - 2));
    });

    it("is filled from the reel once that time is over", () => {
      expect(listed(merge(EMPTY, [before], FRAMES, tooLate), tooLate).at(-1)).toBe(-(NEWEST - 1));
      expect(listed(merge(EMPTY, [before, beyond], FRAMES, NOW))).toEqual([
        ...numbers(NEWEST - 11, NEWEST - 2),
        -(NEWEST - 1),
        NEWEST,
      ]);
    });

    it("lists the number itself when it comes in time", () => {
      const filled = index("a", numbers(NEWEST - 11, NEWEST - 1), { updatedAt: tooLate - 1 });
      expect(listed(merge(EMPTY, [before, filled], FRAMES, tooLate - 1), tooLate - 1)).toEqual(
        numbers(NEWEST - 11, NEWEST - 1),
      );
    });

    it("lists the number itself when it comes after all", () => {
      const filled = index("c", [NEWEST - 1], { updatedAt: NOW });
      expect(listed(merge(EMPTY, [before, beyond, filled], FRAMES, NOW))).toEqual(numbers(NEWEST - 11, NEWEST));
    });

    it("waits no more for a hole that lies a segment back, even in an isolate that sees it first", () => {
      const held = [...numbers(NEWEST - 11, NEWEST - 4), NEWEST - 2, NEWEST - 1, NEWEST];
      expect(listed(merge(EMPTY, [index("a", held)], FRAMES, NOW))).toContain(-(NEWEST - 3));
    });

    it("is one for each rendition by itself", () => {
      const both = index("a", numbers(NEWEST - 3, NEWEST));
      for (const segment of both.segments) {
        if (segment.number !== NEWEST) segment.renditions["aac-128k"] = segment.renditions[RENDITION];
      }
      const holdings = merge(EMPTY, [both], FRAMES, NOW);
      expect(planWindow(holdings, "aac-128k", FRAMES, NOW)?.edge).toBe(NEWEST - 1);
      expect(planWindow(holdings, RENDITION, FRAMES, NOW)?.edge).toBe(NEWEST);
    });
  });

  describe("when nothing newer comes", () => {
    const holdings = merge(EMPTY, [index("a", numbers(NEWEST - 11, NEWEST))], FRAMES, NOW);
    const windowAt = (lengths: number) => planWindow(holdings, RENDITION, FRAMES, NOW + lengths * SEGMENT_MS);

    it("goes on with the reel after one and three quarter segment lengths, one number each length, for ever", () => {
      expect(windowAt(1.74)).toMatchObject({ edge: NEWEST, reelSince: null });
      expect(windowAt(1.75)).toMatchObject({ first: NEWEST - 10, edge: NEWEST + 1, reelSince: NEWEST + 1 });
      expect(windowAt(2.75)).toMatchObject({ edge: NEWEST + 2, reelSince: NEWEST + 1 });
      expect(windowAt(1_000_000.75)).toMatchObject({ first: NEWEST + 999_989, edge: NEWEST + 1_000_000 });
    });

    it("changes when the number is due, then when the reel is, then with each number of the reel", () => {
      const due = (lengths: number) => ((windowAt(lengths)?.dueAt ?? 0) - NOW) / SEGMENT_MS;
      expect(due(0)).toBe(1);
      expect(due(1.2)).toBe(1);
      expect(due(1.25)).toBe(1.75);
      expect(due(1.75)).toBe(2.75);
    });

    it("trusts no origin whose clock is behind more than its own", () => {
      const late = index("a", numbers(NEWEST - 11, NEWEST), { updatedAt: NOW - 300_000 });
      expect(planWindow(merge(EMPTY, [late], FRAMES, NOW), RENDITION, FRAMES, NOW)?.edge).toBe(NEWEST);
    });

    it("resumes with the programme at the number after the reel's last, and withdraws nothing", () => {
      const reel = windowAt(4.8);
      expect(reel?.edge).toBe(NEWEST + 4);
      const now = NOW + 5 * SEGMENT_MS;
      const back = merge(holdings, [index("b", [NEWEST + 5], { updatedAt: now })], FRAMES, now);
      expect(listed(back, now)).toEqual([
        ...numbers(NEWEST - 6, NEWEST),
        ...numbers(NEWEST + 1, NEWEST + 4).map((number) => -number),
        NEWEST + 5,
      ]);
      expect(planWindow(back, RENDITION, FRAMES, now)?.reelSince).toBeNull();
    });
  });

  it("holds at any moment what all origins' losses leave, in order, and never moves back", () => {
    const losses = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 40 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(losses, (lost) => {
        let holdings = EMPTY;
        let edge = 0;
        const shown = new Set<number>();
        for (let step = 1; step <= 40; step += 1) {
          const now = NOW + step * SEGMENT_MS;
          const indexes = [0, 1].map((origin) => {
            const held = numbers(Math.max(1, step - 23), step).filter(
              (number) => !lost.some(([loser, which]) => loser === origin && which === number),
            );
            return index(
              `origin-${origin}`,
              held.map((number) => NEWEST + number),
              { updatedAt: now },
            );
          });
          holdings = merge(holdings, indexes, FRAMES, now);
          const window = listed(holdings, now);
          const absolute = window.map(Math.abs);
          expect(absolute).toEqual(numbers(absolute[0] ?? 1, absolute.at(-1) ?? 0));
          expect(window.length).toBeLessThanOrEqual(WINDOW_SEGMENTS);
          expect(absolute.at(-1) ?? 0).toBeGreaterThanOrEqual(edge);
          for (const number of window) {
            if (number > 0) shown.add(number);
            else expect(shown.has(-number)).toBe(false);
          }
          edge = absolute.at(-1) ?? edge;
        }
      }),
    );
  });
});

describe("how long a playlist is fresh", () => {
  it("is until the next segment is due", () => {
    const window = planWindow(merge(EMPTY, [index("a", [NEWEST])], FRAMES, NOW), RENDITION, FRAMES, NOW);
    expect(window?.dueAt).toBe(NOW + SEGMENT_MS);
  });

  it("is until the reel fills it while there is a hole", () => {
    const holdings = merge(EMPTY, [index("a", [NEWEST - 1]), index("b", [NEWEST + 1])], FRAMES, NOW);
    expect(planWindow(holdings, RENDITION, FRAMES, NOW)?.dueAt).toBe(NOW + 1.75 * SEGMENT_MS);
  });

  it.each([
    [3200, "public, max-age=3"],
    [2999, "public, max-age=2"],
    [1000, "public, max-age=1"],
    [999, "no-cache"],
    [0, "no-cache"],
    [-60_000, "no-cache"],
    [60_000, "public, max-age=3"],
  ])("says of a change due in %i ms: %s", (dueIn, expected) => {
    expect(playlistCacheControl(NOW + dueIn, FRAMES, NOW)).toBe(expected);
  });
});
