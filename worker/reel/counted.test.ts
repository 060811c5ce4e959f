import { describe, expect, it } from "vitest";
import type { Copy, Holdings } from "../playlist/merge.ts";
import { RENDITION } from "../test-world.ts";
import { Counted } from "./counted.ts";

/** Two packets of tables, and these many of audio. */
const bytes = (packets: number) => (packets + 2) * 188;
const copy = (counter: number, packets: number, generation = 1): Copy => ({
  origin: `origin-${generation}`,
  generation,
  publishedAt: 0,
  renditions: { [RENDITION]: { sha256: "0".repeat(64), bytes: bytes(packets), counter } },
});

describe("the counters between which numbers are heard", () => {
  it("are a studio's own while it is heard alone", () => {
    const held: Holdings = new Map([
      [1, [copy(3, 5)]],
      [2, [copy(8, 6)]],
    ]);
    const counted = new Counted();
    expect([1, 2].map((number) => counted.place(held, RENDITION, number))).toEqual([
      { counter: 3, advance: 5 },
      { counter: 8, advance: 6 },
    ]);
  });

  it("run on from what was heard, though the next studio has counted otherwise since", () => {
    const counted = new Counted();
    counted.place(new Map([[1, [copy(3, 5)]]]), RENDITION, 1);
    const both: Holdings = new Map([
      [1, [copy(3, 9, 2), copy(3, 5)]],
      [2, [copy(12, 7, 2)]],
    ]);
    expect(counted.place(both, RENDITION, 1)).toEqual({ counter: 3, advance: 5 });
    expect(counted.place(both, RENDITION, 2)).toEqual({ counter: 8, advance: (12 + 7 - 8) % 16 });
  });

  it("stand still under the reel", () => {
    const counted = new Counted();
    const held: Holdings = new Map([[1, [copy(3, 5)]]]);
    counted.place(held, RENDITION, 1);
    expect([2, 3].map((number) => counted.place(held, RENDITION, number))).toEqual([
      { counter: 8, advance: 0 },
      { counter: 8, advance: 0 },
    ]);
  });
});
