import { describe, expect, it } from "vitest";
import { heardTogether, joinContinued } from "./heard.ts";
import type { ProgrammeItem } from "./programme-item.ts";
import type { StationIndex } from "./station-index.ts";
import { firstFrame, segmentTime } from "./timeline.ts";

const item = (frame: number, title: string, parts: Partial<ProgrammeItem> = {}): ProgrammeItem => ({
  frame,
  source: "autopilot",
  title,
  artist: "",
  frames: 10_000,
  ...parts,
});
const live = (frame: number, title: string, host: string) => item(frame, title, { source: "live", frames: null, host });
const titles = (items: readonly ProgrammeItem[]) => items.map(({ title }) => title);

describe("items that go on", () => {
  it("are one when a new studio goes on with the same track at the same place", () => {
    const taken = item(5000, "Tide", { frames: 6010 });
    expect(joinContinued([item(1000, "Tide"), taken, item(11_000, "Train")])).toEqual([
      item(1000, "Tide"),
      item(11_000, "Train"),
    ]);
  });

  it("are one when a host stays on through a change of the studio", () => {
    expect(joinContinued([live(1, "Talk", "Ann"), live(700, "Talk", "Ann")])).toEqual([live(1, "Talk", "Ann")]);
  });

  it.each([
    ["a track is played twice", [item(0, "Tide"), item(10_000, "Tide")]],
    [
      "something else was heard between",
      [item(0, "Tide"), live(50, "Talk", "Ann"), item(90, "Tide", { frames: 9910 })],
    ],
    ["a host gives another title", [live(0, "Talk", "Ann"), live(50, "More", "Ann")]],
    ["another host says the same", [live(0, "Talk", "Ann"), live(50, "Talk", "Zoë")]],
    ["one of them has no known end", [item(0, "Tide"), item(50, "Tide", { frames: null })]],
  ])("are two when %s", (_, items) => {
    expect(joinContinued(items)).toEqual(items);
  });
});

describe("what was heard, by all indexes together", () => {
  const LENGTH = 150;
  const NUMBER = 1000;
  const NOW = segmentTime(NUMBER + 1, LENGTH);
  const index = (
    items: ProgrammeItem[],
    { newest = NUMBER, generation = 1, updatedAt = 0, next = "" } = {},
  ): StationIndex => ({
    version: 1,
    station: "demo",
    origin: "a",
    framesPerSegment: LENGTH,
    updatedAt,
    segments: [{ number: newest, generation, level: { peak: -3, rms: -9 }, renditions: {} }],
    items,
    next: [{ source: "autopilot", title: next, artist: "", frames: null }],
  });

  it("is nothing without an index", () => {
    expect(heardTogether([], NOW)).toBeNull();
  });

  it("ends with what is published", () => {
    const end = firstFrame(NUMBER + 1, LENGTH);
    const heard = heardTogether([index([item(5, "Tide"), item(end - 1, "Train"), item(end, "Not yet")])], NOW);
    expect(heard?.edge).toBe(end);
    expect(titles(heard?.items ?? [])).toEqual(["Tide", "Train"]);
  });

  it("is told by the higher generation, and before its memory by the others", () => {
    const old = index([item(10, "Dawn"), item(20, "Tide"), item(40, "Never heard")], { next: "old" });
    const heard = heardTogether(
      [old, index([item(30, "Train")], { generation: 2, newest: NUMBER - 1, next: "new" })],
      NOW,
    );
    expect(titles(heard?.items ?? [])).toEqual(["Dawn", "Tide", "Train"]);
    expect(heard?.next[0]?.title).toBe("new");
  });

  it("does not begin anew with a studio that goes on with a track", () => {
    const old = index([item(10, "Tide")]);
    const taken = index([item(5000, "Tide", { frames: 5010 }), item(10_010, "Train")], { generation: 2 });
    expect(heardTogether([taken, old], NOW)?.items).toEqual([item(10, "Tide"), item(10_010, "Train")]);
  });

  it("is not told by an index from the future", () => {
    const ahead = index([item(3, "Tomorrow")], { newest: NUMBER + 500 });
    expect(titles(heardTogether([ahead, index([item(2, "Tide")])], NOW)?.items ?? [])).toEqual(["Tide"]);
  });
});
