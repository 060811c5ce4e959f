import { describe, expect, it } from "vitest";
import type { RundownItem } from "../../../contracts/rundown-item.ts";
import { exampleTrack, inARow } from "../../plan/fixtures/edge.ts";
import { addItem, writeSum } from "./mix.ts";

const TRACK = exampleTrack({ sha256: "a".repeat(64), bytes: 1, samples: 48_000 });
const itemWith = (change: Partial<RundownItem>): RundownItem => ({
  ...(inARow(0, [TRACK])[0] as RundownItem),
  ...change,
});

/** What a constant sounds like, one channel of it. */
function heard(items: { item: RundownItem; value: number }[], from: number, samples: number): number[] {
  const sum = new Float32Array(samples * 2);
  for (const { item, value } of items) addItem(sum, new Int16Array(samples * 2).fill(value), item, from);
  const out = new Int16Array(samples * 2);
  writeSum(sum, out);
  return Array.from(out).filter((_, index) => index % 2 === 0);
}

describe("the mix of a rundown", () => {
  it("leaves what is below -1 dBFS as it is, to the bit", () => {
    for (const value of [0, 1, -1, 12_345, -29_000, 29_000])
      expect(heard([{ item: itemWith({}), value }], 0, 4)).toEqual([value, value, value, value]);
  });

  it("applies the gain", () => {
    expect(heard([{ item: itemWith({ gain: 0.5 }), value: 1000 }], 0, 2)).toEqual([500, 500]);
  });

  it("never wraps: what is too loud comes near full scale, the louder the nearer", () => {
    const at = (gain: number) => heard([{ item: itemWith({ gain }), value: 20_000 }], 0, 1)[0] ?? 0;
    const levels = [1, 1.5, 1.6, 1.8, 5].map(at);
    expect(levels).toEqual(levels.toSorted((a, b) => a - b));
    expect(levels.at(-1)).toBeLessThanOrEqual(32_767);
    expect(heard([{ item: itemWith({ gain: 5 }), value: -20_000 }], 0, 1)[0]).toBe(-(levels.at(-1) ?? 0));
  });

  it("fades by the place in the programme, so that it does not matter where one begins", () => {
    const item = itemWith({ fadeIn: 100, fadeOut: 200 });
    const whole = heard([{ item, value: 10_000 }], 0, 48_000);
    expect([whole[0], whole[50], whole[100], whole[47_900]]).toEqual([0, 7071, 10_000, 7071]);
    expect(heard([{ item, value: 10_000 }], 47_800, 200)).toEqual(whole.slice(47_800));
  });

  it("has the same power throughout a crossfade", () => {
    const out = itemWith({ until: 1000, fadeOut: 400 });
    const into = itemWith({ from: 600, until: 2000, fadeIn: 400 });
    const leaving = heard([{ item: out, value: 10_000 }], 600, 400);
    const coming = heard([{ item: into, value: 10_000 }], 600, 400);
    for (const [index, value] of leaving.entries())
      expect(Math.hypot(value, coming[index] ?? 0)).toBeCloseTo(10_000, -1);
  });
});
