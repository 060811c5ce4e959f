import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numbers } from "../test-world.ts";
import { type Candidate, choose } from "./choose.ts";

const SEGMENTS = numbers(553_000_000, 553_009_999);

const weightedOrigins = fc
  .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { minLength: 2, maxLength: 5 })
  .chain((origins) =>
    fc.tuple(...origins.map((origin) => fc.integer({ min: 1, max: 100 }).map((weight) => ({ origin, weight })))),
  )
  .map((candidates) => candidates.map((candidate) => ({ ...candidate, generation: 1, agreement: 1 })));

function firsts(candidates: readonly Candidate[]): string[] {
  return SEGMENTS.map((segment) => choose("demo", segment, candidates)[0]?.origin ?? "");
}

describe("choosing the origin of a segment", () => {
  it("gives each origin a share within 2 points of its weight over 10,000 segments", () => {
    fc.assert(
      fc.property(weightedOrigins, (candidates) => {
        const chosen = firsts(candidates);
        const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
        for (const { origin, weight } of candidates) {
          const share = chosen.filter((first) => first === origin).length / SEGMENTS.length;
          expect(Math.abs(share - weight / total)).toBeLessThan(0.02);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("moves nothing between the others when one weight changes", () => {
    fc.assert(
      fc.property(weightedOrigins, fc.integer({ min: 0, max: 200 }), (candidates, weight) => {
        const [changed, ...others] = candidates as [(typeof candidates)[number], ...typeof candidates];
        const before = firsts(candidates);
        const after = firsts([{ ...changed, weight }, ...others]);
        const directions = new Set<string>();
        before.forEach((origin, index) => {
          if (origin === after[index]) return;
          expect([origin, after[index]]).toContain(changed.origin);
          directions.add(origin === changed.origin ? "away" : "towards");
        });
        expect(directions.size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  it("takes weight 0 only as the last resort", () => {
    const candidates = [
      { origin: "a", weight: 0, generation: 1, agreement: 1 },
      { origin: "b", weight: 0.001, generation: 1, agreement: 1 },
      { origin: "c", weight: 100, generation: 1, agreement: 1 },
    ];
    for (const segment of SEGMENTS.slice(0, 500)) expect(choose("demo", segment, candidates)[2]?.origin).toBe("a");
  });

  it("spreads over all origins when every weight is 0", () => {
    const chosen = firsts(["a", "b"].map((origin) => ({ origin, weight: 0, generation: 1, agreement: 1 })));
    expect(chosen.filter((origin) => origin === "a").length / SEGMENTS.length).toBeCloseTo(0.5, 1);
  });

  it("puts the higher generation before any weight", () => {
    const candidates = [
      { origin: "old", weight: 1000, generation: 3, agreement: 1 },
      { origin: "new", weight: 0, generation: 4, agreement: 1 },
    ];
    for (const segment of SEGMENTS.slice(0, 500)) expect(choose("demo", segment, candidates)[0]?.origin).toBe("new");
  });

  it("puts what most origins hold before what one holds, whatever the weights, within a generation", () => {
    const candidates = [
      { origin: "odd", weight: 1000, generation: 1, agreement: 1 },
      { origin: "one", weight: 1, generation: 1, agreement: 2 },
      { origin: "two", weight: 1, generation: 1, agreement: 2 },
    ];
    for (const segment of SEGMENTS.slice(0, 500)) expect(choose("demo", segment, candidates)[2]?.origin).toBe("odd");
  });

  it("decides for each station by itself", () => {
    const candidates = ["a", "b"].map((origin) => ({ origin, weight: 1, generation: 1, agreement: 1 }));
    const same = SEGMENTS.filter(
      (segment) => choose("one", segment, candidates)[0] === choose("two", segment, candidates)[0],
    );
    expect(same.length / SEGMENTS.length).toBeCloseTo(0.5, 1);
  });
});
