import { describe, expect, it } from "vitest";
import type { StationIndex } from "../../contracts/station-index.ts";
import { segmentTime } from "../../contracts/timeline.ts";
import { exampleIndex, exampleSegment, numbers, SEGMENT_MS } from "../test-world.ts";
import { isStale, newerIndex } from "./known-index.ts";

const NEWEST = 562_500_000;
/** When the newest segment was published. */
const PUBLISHED_AT = segmentTime(NEWEST + 1, 150) + 500;

const upTo = (newest: number, change: Partial<StationIndex> = {}) =>
  exampleIndex(
    "a",
    numbers(newest - 5, newest).map((number) => exampleSegment(number, 1, "0".repeat(64), 1880)),
    { updatedAt: PUBLISHED_AT, ...change },
  );
const known = (index: StationIndex) => ({ text: "", index });

describe("an index", () => {
  it("is fresh until its next segment is a quarter of its length late", () => {
    expect(isStale(upTo(NEWEST), PUBLISHED_AT + 1.2 * SEGMENT_MS)).toBe(false);
    expect(isStale(upTo(NEWEST), PUBLISHED_AT + 1.6 * SEGMENT_MS)).toBe(true);
  });

  it("is stale, just written or not, while it tells of what was overdue: its origin has more", () => {
    expect(isStale(upTo(NEWEST - 3), PUBLISHED_AT + 100)).toBe(true);
    expect(isStale(exampleIndex("a", [], { updatedAt: PUBLISHED_AT }), PUBLISHED_AT + 100)).toBe(true);
  });

  it("gives way to one that was written later, or at the same time and lists more", () => {
    const atHand = known(upTo(NEWEST));
    expect(newerIndex(atHand, known(upTo(NEWEST - 1, { updatedAt: PUBLISHED_AT + 1 })))).not.toBe(atHand);
    expect(newerIndex(atHand, known(upTo(NEWEST + 1)))).not.toBe(atHand);
    expect(newerIndex(atHand, known(upTo(NEWEST)))).toBe(atHand);
    expect(newerIndex(atHand, known(upTo(NEWEST + 1, { updatedAt: PUBLISHED_AT - 1 })))).toBe(atHand);
  });
});
