import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RundownItem } from "../rundown-item.ts";
import { SAMPLE_RATE } from "../timeline.ts";
import { LONGEST_GAP } from "./lengths.ts";
import { createRundown } from "./rundown.ts";
import { anyPlan } from "./test-any-plan.ts";
import { sample } from "./test-plan.ts";

const HOUR = 3600;
const RUNS = { numRuns: 25 };

const day = [sample(0), sample(24 * HOUR)] as const;

function pairs(items: readonly RundownItem[]): [RundownItem, RundownItem][] {
  return items.slice(1).map((item, index) => [items[index] as RundownItem, item]);
}

describe("The rundown of any plan with something to play", () => {
  it("has no gap above half a second, and no overlap but crossfades of two", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const items = createRundown(plan).at(...day);
        expect(items[0]?.from).toBeLessThanOrEqual(day[0]);
        expect(items.at(-1)?.until).toBeGreaterThanOrEqual(day[1]);
        for (const [one, other] of pairs(items)) {
          const shared = one.until - other.from;
          expect(shared).toBeGreaterThanOrEqual(-SAMPLE_RATE / 2);
          expect(shared).toBeLessThanOrEqual((plan.rules.crossfadeMs / 1000) * SAMPLE_RATE);
          expect(other.fadeIn).toBe(Math.max(0, shared));
          if (shared > 0) expect(one.fadeOut).toBe(shared);
        }
        for (const [one, , third] of items.map((item, index) => [item, items[index + 1], items[index + 2]])) {
          if (one && third) expect(third.from).toBeGreaterThanOrEqual(one.until);
        }
      }),
      RUNS,
    );
  });

  it("has whole samples only, within each file, with fades that fit", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        for (const { from, until, offset, fadeIn, fadeOut, track } of createRundown(plan).at(...day)) {
          expect([from, until, offset, fadeIn, fadeOut].every(Number.isSafeInteger)).toBe(true);
          expect(until).toBeGreaterThan(from);
          expect(offset + until - from).toBeLessThanOrEqual(track.cue.out);
          expect(fadeIn + fadeOut).toBeLessThanOrEqual(until - from);
        }
      }),
      RUNS,
    );
  });

  it("is the same in pieces as in whole, in any order, from anyone who asks", () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 24 * HOUR }), { maxLength: 6 });
    fc.assert(
      fc.property(anyPlan, cuts, fc.boolean(), (plan, cuts, isBackwards) => {
        const whole = createRundown(plan).at(...day);
        const bounds = [0, ...cuts.toSorted((one, other) => one - other), 24 * HOUR].map(sample);
        const windows = bounds.slice(1).map((until, index) => [bounds[index] as number, until] as const);
        const other = createRundown(plan);
        for (const [from, until] of isBackwards ? windows.toReversed() : windows) {
          expect(other.at(from, until)).toEqual(whole.filter((item) => item.from < until && from < item.until));
        }
      }),
      RUNS,
    );
  });

  it("begins what is to start hard in its first frame", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const rundown = createRundown(plan);
        for (const { start, from, until, content } of plan.slots) {
          const isEmpty =
            content.kind === "show" && content.media.every((id) => !plan.tracks.some((t) => t.media === id));
          if (start === "soft" || isEmpty || (until - from) * 1024 < SAMPLE_RATE) continue;
          const items = rundown.at(from * 1024 - SAMPLE_RATE, from * 1024 + 1);
          expect(items.at(-1)?.from).toBe(from * 1024);
          for (const item of items.slice(0, -1)) expect(item.until).toBeLessThanOrEqual(from * 1024);
        }
      }),
      RUNS,
    );
  });

  it("begins what is to start softly with the end of an item, a quarter of an hour late at most", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const rundown = createRundown(plan);
        for (const [index, { start, from, until }] of plan.slots.entries()) {
          if (start === "hard" || until - from < 60_000) continue;
          const items = rundown.at((from - 1) * 1024, until * 1024);
          const first = items.findIndex(({ slot }) => slot?.entry === plan.slots[index]?.entry);
          if (first < 1) continue;
          const [before, item] = [items[first - 1], items[first]];
          expect(item?.from).toBeGreaterThanOrEqual(from * 1024);
          expect(item?.from).toBeLessThanOrEqual(from * 1024 + 900 * SAMPLE_RATE);
          expect(item?.from).toBeLessThanOrEqual((before?.until ?? 0) + LONGEST_GAP);
        }
      }),
      RUNS,
    );
  });

  it("has the files of a show in their order, each once", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const items = createRundown(plan).at(sample(0), sample(72 * HOUR));
        for (const { entry, content } of plan.slots) {
          if (content.kind !== "show") continue;
          const heard = items.filter(({ source, slot }) => source === "show" && slot?.entry === entry);
          const listed = content.media.filter((id) => plan.tracks.some(({ media }) => media === id));
          expect(heard.map(({ track }) => track.media)).toEqual(listed.slice(0, heard.length));
        }
      }),
      RUNS,
    );
  });
});
