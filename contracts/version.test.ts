import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RELEASE, userAgent, WIRE, wireFit } from "./version.ts";

describe("the wire", () => {
  it.each([
    [1, 3, "too_old"],
    [2, 3, "fits"],
    [3, 3, "fits"],
    [4, 3, "fits"],
    [5, 3, "too_new"],
  ])("of one who speaks %i is to one who speaks %i: %s", (other, own, fit) => {
    expect(wireFit(other, own)).toBe(fit);
  });

  it("is said to whoever is asked, with the release", () => {
    expect(userAgent("origin")).toBe(`radio-dream-origin/${RELEASE} (wire ${WIRE})`);
  });
});

describe("the release", () => {
  it("is the one that package.json and its lock name", () => {
    const versionIn = (file: string) =>
      JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8")).version;
    expect([versionIn("package.json"), versionIn("package-lock.json")]).toEqual([RELEASE, RELEASE]);
  });
});
