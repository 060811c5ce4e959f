import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, type Held, type Wanted } from "./decide.ts";

const want = (name: string, neededAt: number, bytes = 10): Wanted => ({
  file: { sha256: name, bytes, samples: 1 },
  station: "demo",
  neededAt,
});
const hold = (name: string, usedAt = 0, bytes = 10): Held => ({ sha256: name, bytes, usedAt });

describe("what to fetch and what to drop", () => {
  it("is the soonest that is missing, while there is room", () => {
    const wanted = [want("a", 1), want("b", 2), want("c", 3)];
    expect(decide(wanted, [hold("a")], 30)).toEqual({ fetch: wanted[1], drop: [] });
  });

  it("is nothing when all is there", () => {
    expect(decide([want("a", 1)], [hold("a"), hold("old")], 20)).toEqual({ fetch: null, drop: [] });
  });

  it("drops what nobody wants, the longest unused first, and only as much as is needed", () => {
    const wanted = [want("a", 1)];
    expect(decide(wanted, [hold("new", 9), hold("old", 1), hold("older", 0)], 30)).toEqual({
      fetch: wanted[0],
      drop: ["older"],
    });
  });

  it("drops what is needed latest for what is needed sooner", () => {
    const wanted = [want("a", 1), want("b", 2), want("c", 3), want("d", 4)];
    expect(decide(wanted, [hold("a"), hold("c"), hold("d")], 30)).toEqual({ fetch: wanted[1], drop: ["d"] });
  });

  it("gives up nothing for what is needed later, so that the disk settles", () => {
    expect(decide([want("a", 1), want("b", 2), want("c", 3)], [hold("a"), hold("b")], 20)).toEqual({
      fetch: null,
      drop: [],
    });
  });

  it("drops nothing for a file that would not fit all the same", () => {
    expect(decide([want("a", 1), want("b", 2, 100)], [hold("a"), hold("old")], 20)).toEqual({ fetch: null, drop: [] });
  });

  it("comes down to a limit that was lowered, but keeps what is on air and what is next", () => {
    const wanted = [want("a", 1), want("b", 2), want("c", 3)];
    expect(decide(wanted, [hold("a"), hold("b"), hold("c"), hold("old")], 10)).toEqual({
      fetch: null,
      drop: ["old", "c"],
    });
  });

  it("fetches again what is here in another length than it should have", () => {
    const wanted = [want("a", 1)];
    expect(decide(wanted, [hold("a", 0, 7)], 30)).toEqual({ fetch: wanted[0], drop: [] });
  });

  it("leads, whatever is there, to the soonest files that the disk can hold, and never beyond the limit", () => {
    const names = "abcdefghij".split("");
    const holding = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 6 });
    fc.assert(
      fc.property(holding, holding, fc.integer({ min: 10, max: 60 }), (needed, there, limit) => {
        const wanted = needed.map((name, at) => want(name, at));
        let held = there.slice(0, Math.floor(limit / 10)).map((name, at) => hold(name, at));
        for (let step = 0; step < 20; step++) {
          const { fetch, drop } = decide(wanted, held, limit);
          held = held.filter(({ sha256 }) => !drop.includes(sha256));
          if (fetch === null) break;
          held.push(hold(fetch.file.sha256, 100));
          expect(held.length * 10).toBeLessThanOrEqual(limit);
        }
        const soonest = needed.slice(0, Math.floor(limit / 10));
        expect(held.map(({ sha256 }) => sha256)).toEqual(expect.arrayContaining(soonest));
      }),
    );
  });
});
