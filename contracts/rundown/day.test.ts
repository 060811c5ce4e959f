import { describe, expect, it } from "vitest";
import { drawsOf } from "./chance.ts";
import { HOUR, MINUTE, SECOND } from "./lengths.ts";
import { createRundown } from "./rundown.ts";
import { plan, playlist, sample, slot, track, uuid } from "./test-plan.ts";

const draw = drawsOf("library");
const songs = Array.from({ length: 500 }, (_, index) =>
  track(index + 1, 140 + draw(2600) / 10, {
    artist: `Artist ${draw(120)}`,
    title: `Title ${index < 20 ? index % 10 : index}`,
    fade: draw(90) / 10,
  }),
);
const jingles = [1, 2, 3].map((number) => track(600 + number, 4 + number, { kind: "jingle" }));
const news = track(700, 170, { artist: "Newsroom", title: "News", kind: "speech" });
const day = plan({
  seed: "a day",
  tracks: [...songs, ...jingles, news],
  playlists: [playlist(100, songs), playlist(101, jingles)],
  slots: Array.from({ length: 48 }, (_, index) =>
    slot(index * 3600, index * 3600 + 180, { kind: "show", media: [uuid(700)] }, { entry: uuid(9000 + index) }),
  ),
  rules: {
    artistSeparationMinutes: 60,
    titleSeparationMinutes: 240,
    crossfadeMs: 4000,
    jingles: { playlist: uuid(101), every: { tracks: 4 } },
  },
});
const [from, until] = [sample(4 * 3600), sample(28 * 3600)];
const items = createRundown(day).at(from, until);

describe("24 hours of autopilot with 500 tracks, and the news each hour", () => {
  const music = items.filter((item) => item.source === "autopilot" && item.track.kind === "music");

  it.each([
    ["artist", (item: (typeof items)[number]) => item.track.artist, HOUR],
    ["title", (item: (typeof items)[number]) => item.track.title, 4 * HOUR],
  ])("break no rule: no %s comes again too soon", (_, nameOf, separation) => {
    const last = new Map<string, number>();
    for (const item of music) {
      expect(item.from - (last.get(nameOf(item)) ?? 0)).toBeGreaterThanOrEqual(separation);
      last.set(nameOf(item), item.until);
    }
    expect(music.length).toBeGreaterThan(250);
  });

  it("have a jingle after four tracks, or earlier where two blocks meet", () => {
    const runs = items
      .filter(({ source }) => source === "autopilot")
      .map(({ track }) => (track.kind === "jingle" ? "j" : "m"))
      .join("")
      .split("j")
      .slice(1, -1);
    expect(runs.filter((run) => run !== "mmmm").length).toBeLessThanOrEqual(4);
    expect(runs.every((run) => run.length <= 4)).toBe(true);
  });

  it("have no gap", () => {
    for (const [index, item] of items.slice(1).entries()) {
      expect(item.from - (items[index]?.until ?? 0)).toBeLessThanOrEqual(SECOND / 2);
    }
  });

  it("have the news on the hour, with little cut off before it", () => {
    const before = items.filter((_, index) => items[index + 1]?.source === "show");
    expect(before.length).toBe(23);
    const lost = before.map((item) => (item.track.cue.out - item.offset - (item.until - item.from)) / SECOND);
    expect(lost.toSorted((one, other) => one - other)[11]).toBeLessThan(1);
    expect(Math.max(...lost)).toBeLessThan(5);
  });

  it("are found alike in every minute by two who ask at different times", () => {
    const [early, late] = [createRundown(day), createRundown(day)];
    late.at(until - MINUTE, until);
    for (let minute = from; minute < until; minute += MINUTE) {
      expect(early.at(minute, minute + 1)).toEqual(late.at(minute, minute + 1));
    }
  });

  it("are told fast: ten minutes of a plan that is known in less than 20 ms", () => {
    const rundown = createRundown(day);
    rundown.at(from, from + 10 * MINUTE);
    const times = Array.from({ length: 9 }, (_, index) => {
      const started = performance.now();
      rundown.at(from + index * MINUTE, from + (index + 10) * MINUTE);
      return performance.now() - started;
    });
    expect(times.toSorted((one, other) => one - other)[4]).toBeLessThan(20);
  });
});
