import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRange } from "./range.ts";

describe("a Range header on 1000 bytes", () => {
  it.each([
    [null, "whole"],
    ["bytes=0-499", { start: 0, end: 500 }],
    ["bytes=500-", { start: 500, end: 1000 }],
    ["bytes=-200", { start: 800, end: 1000 }],
    ["bytes=0-9999", { start: 0, end: 1000 }],
    ["bytes=-9999", { start: 0, end: 1000 }],
    ["bytes=999-999", { start: 999, end: 1000 }],
    ["bytes=1000-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=5-4", "whole"],
    ["bytes=0-1,3-4", "whole"],
    ["frames=0-1", "whole"],
    ["bytes=-", "whole"],
    ["nonsense", "whole"],
  ])("%s means %o", (header, expected) => {
    expect(parseRange(header, 1000)).toEqual(expected);
  });

  it("never reaches outside the bytes", () => {
    const bound = fc.oneof(fc.constant(""), fc.nat(3000).map(String));
    fc.assert(
      fc.property(bound, bound, fc.integer({ min: 1, max: 2000 }), (first, last, size) => {
        const range = parseRange(`bytes=${first}-${last}`, size);
        if (typeof range === "string") return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThan(range.start);
        expect(range.end).toBeLessThanOrEqual(size);
      }),
    );
  });
});
