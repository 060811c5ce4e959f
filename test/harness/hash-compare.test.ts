import { describe, expect, it } from "vitest";
import type { StationIndex } from "../../contracts/station-index.ts";
import { addIndex, compareHashes, type Hashes } from "./hash-compare.ts";

function makeIndex(origin: string, segments: Record<number, string>): StationIndex {
  return {
    version: 1,
    station: "demo",
    origin,
    framesPerSegment: 150,
    updatedAt: 0,
    segments: Object.entries(segments).map(([number, digit]) => ({
      number: Number(number),
      generation: 1,
      level: { peak: -1, rms: -20 },
      renditions: { "aac-48k": { sha256: digit.repeat(64), bytes: 188 * 3, counter: 0 } },
    })),
    items: [],
    next: [],
  };
}

describe("the comparison of hashes", () => {
  it("looks at what several origins have, also when they never had it at the same time", () => {
    const hashes: Hashes = new Map();
    addIndex(hashes, makeIndex("origin-1", { 7: "a", 8: "b" }));
    addIndex(hashes, makeIndex("origin-1", { 8: "b", 9: "c" }));
    addIndex(hashes, makeIndex("origin-2", { 9: "c", 7: "a", 10: "d" }));
    expect(compareHashes(hashes)).toEqual({ common: ["aac-48k/7", "aac-48k/9"], different: [] });
  });

  it("names a segment that two have differently, and who has which", () => {
    const hashes: Hashes = new Map();
    addIndex(hashes, makeIndex("origin-1", { 7: "a" }));
    addIndex(hashes, makeIndex("origin-2", { 7: "b" }));
    expect(compareHashes(hashes).different).toEqual([
      { segment: "aac-48k/7", hashes: { "origin-1": "a".repeat(64), "origin-2": "b".repeat(64) } },
    ]);
  });

  it("does not bear an origin that changes its mind", () => {
    const hashes: Hashes = new Map();
    addIndex(hashes, makeIndex("origin-1", { 7: "a" }));
    expect(() => addIndex(hashes, makeIndex("origin-1", { 7: "b" }))).toThrow("has changed aac-48k/7");
  });
});
