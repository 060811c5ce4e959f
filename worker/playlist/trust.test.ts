import { describe, expect, it } from "vitest";
import { numbers, RENDITION } from "../test-world.ts";
import type { Copy, Holdings } from "./merge.ts";
import { agreement, distrusted } from "./trust.ts";

const copy = (origin: string, content: string, generation = 1): Copy => ({
  origin,
  generation,
  publishedAt: 0,
  renditions: { [RENDITION]: { sha256: content.padEnd(64, "0"), bytes: 940, counter: 0 } },
});
const holdings = (...each: Copy[][]): Holdings => new Map(numbers(1, each.length).map((n, i) => [n, each[i] ?? []]));

describe("whose copies are believed", () => {
  it("counts those who hold the same bytes in the same generation", () => {
    const copies = [copy("a", "1"), copy("b", "1"), copy("c", "2"), copy("d", "1", 2)];
    expect(copies.map((each) => agreement(each, copies, RENDITION))).toEqual([2, 2, 1, 1]);
  });

  it("distrusts the one that differs from two", () => {
    const odd = distrusted(holdings([copy("a", "1"), copy("b", "1"), copy("c", "2")], [copy("c", "3")]));
    expect([...odd]).toEqual(["c"]);
  });

  it.each([
    { when: "all agree", copies: [copy("a", "1"), copy("b", "1"), copy("c", "1")] },
    { when: "one stands against one", copies: [copy("a", "1"), copy("b", "2")] },
    { when: "two stand against two", copies: [copy("a", "1"), copy("b", "1"), copy("c", "2"), copy("d", "2")] },
    { when: "an older generation differs", copies: [copy("a", "1", 2), copy("b", "1", 2), copy("c", "2", 1)] },
  ])("distrusts nobody when $when", ({ copies }) => {
    expect(distrusted(holdings(copies)).size).toBe(0);
  });
});
