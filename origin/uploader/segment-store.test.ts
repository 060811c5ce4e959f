import { describe, expect, it } from "vitest";
import type { ProgrammeItem } from "../../contracts/programme-item.ts";
import { INDEX_ITEMS, INDEX_SEGMENTS, StationIndex } from "../../contracts/station-index.ts";
import { fakeSegment } from "./fixtures/segment.ts";
import { createSegmentStore } from "./segment-store.ts";

const clock = { now: () => 1_800_000_000_000, monotonic: () => 0 };
const start = () => createSegmentStore({ station: "demo", origin: "origin-1", framesPerSegment: 150, clock });
const item = (frame: number): ProgrammeItem => ({
  frame,
  source: "autopilot",
  title: `${frame}`,
  artist: "",
  frames: null,
});
const numbers = (index: StationIndex) => index.segments.map(({ number }) => number);

describe("the segment store", () => {
  it("gives back bytes, and lists all renditions of a number in one entry", () => {
    const store = start();
    const small = fakeSegment(100);
    const large = fakeSegment(100, { rendition: "aac-128k" });
    expect([store.add(small), store.add(large)]).toEqual([true, true]);
    expect(store.segment("aac-48k", 100)).toBe(small.bytes);
    expect(store.segment("aac-48k", 101)).toBeNull();
    expect(StationIndex.parse(store.index())).toEqual({
      version: 1,
      station: "demo",
      origin: "origin-1",
      framesPerSegment: 150,
      updatedAt: 1_800_000_000_000,
      segments: [
        {
          number: 100,
          generation: 1,
          level: small.level,
          renditions: {
            "aac-48k": { sha256: small.sha256, bytes: small.bytes.length, counter: small.counter },
            "aac-128k": { sha256: large.sha256, bytes: large.bytes.length, counter: large.counter },
          },
        },
      ],
      items: [],
      next: [],
    });
  });

  it("keeps the newest numbers only, in whatever order they come", () => {
    const store = start();
    for (let number = 140; number > 100; number--) store.add(fakeSegment(number));
    for (let number = 141; number < 150; number++) store.add(fakeSegment(number));
    expect(numbers(store.index())).toEqual(Array.from({ length: INDEX_SEGMENTS }, (_, index) => 126 + index));
    expect(store.numbers("aac-48k")).toEqual(numbers(store.index()));
    expect(store.segment("aac-48k", 125)).toBeNull();
    expect(store.add(fakeSegment(125))).toBe(false);
  });

  it("dates its index by what it holds, not by who looks at it", () => {
    let now = 1000;
    const store = createSegmentStore({
      station: "demo",
      origin: "origin-1",
      framesPerSegment: 150,
      clock: { now: () => now, monotonic: () => 0 },
    });
    now = 2000;
    store.add(fakeSegment(100));
    now = 3000;
    expect(store.index().updatedAt).toBe(2000);
    store.announce("aac-48k", 100);
    now = 4000;
    store.announce("aac-48k", 100);
    expect(store.announcedIndex().updatedAt).toBe(3000);
  });

  it("announces only what it is told is at the edge", () => {
    const store = start();
    for (const rendition of ["aac-48k", "aac-128k"] as const) store.add(fakeSegment(100, { rendition }));
    store.add(fakeSegment(101));
    expect(store.announcedIndex().segments).toEqual([]);
    store.announce("aac-48k", 100);
    expect(store.announcedIndex().segments.map(({ renditions }) => Object.keys(renditions))).toEqual([["aac-48k"]]);
  });

  it("takes the same segment once", () => {
    const store = start();
    expect([store.add(fakeSegment(100)), store.add(fakeSegment(100))]).toEqual([true, false]);
  });

  it("prefers the higher generation, but never replaces what is announced", () => {
    const store = start();
    store.add(fakeSegment(100, { rendition: "aac-128k" }));
    store.add(fakeSegment(101));
    store.announce("aac-48k", 101);
    expect(store.add(fakeSegment(100, { generation: 2 }))).toBe(true);
    expect(store.add(fakeSegment(100, { generation: 1, rendition: "aac-128k" }))).toBe(false);
    expect(store.add(fakeSegment(101, { generation: 2 }))).toBe(false);
    expect(
      store.index().segments.map(({ number, generation, renditions }) => [number, generation, Object.keys(renditions)]),
    ).toEqual([
      [100, 2, ["aac-48k"]],
      [101, 1, ["aac-48k"]],
    ]);
  });

  it("remembers the newest items, each once, and what comes next as of the newest segment", () => {
    const store = start();
    for (let number = 0; number < INDEX_ITEMS + 4; number++) {
      store.add(fakeSegment(100 + number, { item: item(100 * number) }));
      store.add(fakeSegment(100 + number, { item: item(100 * number), rendition: "aac-128k", next: [] }));
    }
    store.add(fakeSegment(300, { item: item(300), next: [{ source: "show", title: "News", artist: "", frames: 9 }] }));
    const { items, next } = store.index();
    expect(items.map(({ frame }) => frame)).toEqual(
      Array.from({ length: INDEX_ITEMS }, (_, index) => 400 + 100 * index),
    );
    expect(next.map(({ title }) => title)).toEqual(["News"]);
  });

  it("does not announce an item before the segment in which it begins", () => {
    const store = start();
    store.add(fakeSegment(100, { item: item(100 * 150) }));
    store.add(
      fakeSegment(101, { item: item(101 * 150), next: [{ source: "show", title: "Later", artist: "", frames: 9 }] }),
    );
    store.announce("aac-48k", 100);
    expect(store.announcedIndex()).toMatchObject({ items: [item(100 * 150)], next: [] });
  });

  it("lists after a restart what it listed before, and goes on from there", () => {
    const before = start();
    for (const number of [100, 101]) {
      before.add(
        fakeSegment(number, { item: item(number), next: [{ source: "show", title: "News", artist: "", frames: 9 }] }),
      );
      before.announce("aac-48k", number);
    }
    const store = start();
    store.prime(before.announcedIndex());
    expect(store.announcedIndex()).toEqual(before.announcedIndex());
    expect(store.segment("aac-48k", 101)).toBeNull();
    expect(store.numbers("aac-48k")).toEqual([]);

    expect(store.add(fakeSegment(101))).toBe(false);
    expect(store.numbers("aac-48k")).toEqual([101]);
    store.add(fakeSegment(102));
    store.announce("aac-48k", 102);
    expect(numbers(store.announcedIndex())).toEqual([100, 101, 102]);
  });
});
