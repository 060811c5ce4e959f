import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationPlan } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import { SAMPLE_RATE, SAMPLES_PER_FRAME } from "../timeline.ts";
import { createRundown } from "./rundown.ts";
import { succeed } from "./succeed.ts";
import { anyPlan } from "./test-any-plan.ts";
import { frame, plan, playlist, sample, slot, told, track, uuid } from "./test-plan.ts";
import { naturalEnd } from "./timetable.ts";

const HOUR = 3600;
const START = 13 * HOUR;
const RUNS = { numRuns: 15 };
const moments = fc.integer({ min: HOUR, max: 24 * HOUR });
const songs = Array.from({ length: 60 }, (_, index) => track(index + 1, 150 + index * 2.3, { fade: 4 }));
const rules = { ...plan({}).rules, crossfadeMs: 4000 };
const show = (...numbers: number[]) => ({ kind: "show" as const, media: numbers.map(uuid) });

function onAir(items: readonly RundownItem[], at: number): RundownItem | undefined {
  return items.findLast(({ from }) => from <= at);
}

describe("A plan that follows another", () => {
  it("changes nothing before the frame from which it decides", () => {
    fc.assert(
      fc.property(anyPlan, anyPlan, moments, (old, edited, moment) => {
        const first = frame(moment) * SAMPLES_PER_FRAME;
        const before = createRundown(old).at(first - 600 * SAMPLE_RATE, first);
        const after = createRundown(succeed(old, edited, frame(moment))).at(first - 600 * SAMPLE_RATE, first);
        const placeOf = ({ from, offset, track, gain, fadeIn }: RundownItem) => [
          from,
          offset,
          track.media,
          gain,
          fadeIn,
        ];
        const endOf = ({ until, fadeOut }: RundownItem) => [until, fadeOut];
        expect(after.map(placeOf)).toEqual(before.map(placeOf));
        expect(after.slice(0, -1).map(endOf)).toEqual(before.slice(0, -1).map(endOf));
      }),
      RUNS,
    );
  });

  it("lets what is on air then be heard to its end, or as it was planned before, unless something begins hard or has waited long", () => {
    fc.assert(
      fc.property(anyPlan, anyPlan, moments, (old, edited, moment) => {
        const first = frame(moment) * SAMPLES_PER_FRAME;
        const items = createRundown(succeed(old, edited, frame(moment))).at(first, first + 1);
        const item = onAir(items, first);
        // What begins in that very sample is the new plan's, which may cut a file of many hours.
        if (!item || item.from === first || item.until === naturalEnd(item)) return;
        const isHard = edited.slots.some((one) => one.start === "hard" && one.from * SAMPLES_PER_FRAME === item.until);
        const ends = edited.slots.flatMap(({ from, until }) => [from, until]).map((end) => end * SAMPLES_PER_FRAME);
        const asBefore = onAir(createRundown(old).at(first, first + 1), first)?.until === item.until;
        expect(asBefore || isHard || [first, ...ends].includes(item.until - 900 * SAMPLE_RATE)).toBe(true);
      }),
      RUNS,
    );
  });

  it("goes on without a gap, and can be followed in its turn, however soon", () => {
    fc.assert(
      fc.property(
        anyPlan,
        anyPlan,
        anyPlan,
        moments,
        fc.integer({ min: 0, max: 600 }),
        (one, two, three, moment, later) => {
          const second = succeed(one, two, frame(moment));
          const third = StationPlan.parse(succeed(second, three, frame(moment + later)));
          const from = sample(moment - 300);
          const items = createRundown(third).at(from, sample(moment + 8 * HOUR));
          expect(items[0]?.from).toBeLessThanOrEqual(from);
          for (const [index, item] of items.slice(1).entries()) {
            expect(item.from - (items[index]?.until ?? 0)).toBeLessThanOrEqual(SAMPLE_RATE / 2);
          }
        },
      ),
      RUNS,
    );
  });

  it("changes nothing before what was edited comes near", () => {
    const old = plan({ tracks: songs, playlists: [playlist(100, songs)], rules });
    const first = succeed(old, { ...old, seed: "other" }, frame(START - HOUR));
    const later = { ...first, slots: [slot(START + 5 * HOUR, START + 6 * HOUR, show(1))] };
    const next = succeed(first, later, frame(START));
    const window = [sample(START - 2 * HOUR), sample(START + 4.5 * HOUR)] as const;
    expect(createRundown(next).at(...window)).toEqual(createRundown(first).at(...window));
    expect(next.effectiveFrom).toBe(first.effectiveFrom);
    const [item] = createRundown(next).at(sample(START + 5 * HOUR + 1), sample(START + 5 * HOUR + 2));
    expect(item?.source).toBe("show");
  });

  it("keeps far days as they were told, whatever is edited today", () => {
    const old = plan({ tracks: songs, playlists: [playlist(100, songs)], rules });
    const next = succeed(old, { ...old, slots: [slot(START + 60, START + 600, show(1))] }, frame(START));
    const window = [sample(24.5 * HOUR), sample(36 * HOUR)] as const;
    expect(createRundown(next).at(...window)).toEqual(createRundown(old).at(...window));
  });

  it("remembers what has been heard", () => {
    const separated = { ...rules, titleSeparationMinutes: 100 };
    const old = plan({ tracks: songs, playlists: [playlist(100, songs)], rules: separated });
    const edited = { ...old, seed: "other" };
    const items = createRundown(succeed(old, edited, frame(START))).at(
      sample(START - 2 * HOUR),
      sample(START + 4 * HOUR),
    );
    const last = new Map<string, number>();
    for (const { track, from, until } of items) {
      expect(from - (last.get(track.media) ?? 0)).toBeGreaterThanOrEqual(100 * 60 * SAMPLE_RATE);
      last.set(track.media, until);
    }
    expect(items.length).toBeGreaterThan(80);
  });

  it("plays a track that has been deleted to its end, and not again", () => {
    const old = plan({ tracks: songs, playlists: [playlist(100, songs)], rules });
    const first = frame(START) * SAMPLES_PER_FRAME;
    const item = onAir(createRundown(old).at(first, first + 1), first);
    const rest = songs.filter(({ media }) => media !== item?.track.media);
    const next = succeed(old, { ...old, tracks: rest }, frame(START));
    const items = createRundown(next).at(first, sample(START + 6 * HOUR));
    expect(items.filter(({ track }) => track.media === item?.track.media).map(({ from }) => from)).toEqual([
      item?.from,
    ]);
    expect(items[0]?.until).toBe(item && naturalEnd(item));
  });

  describe("while a show is on", () => {
    const files = [50, 51, 52].map((number) => track(number, 600, { title: `Part ${number - 49}` }));
    const slots = [slot(START, START + HOUR, show(50, 51, 52))];
    const old = plan({ tracks: [...songs, ...files], playlists: [playlist(100, songs)], slots });
    const edit = (edited: StationPlan) =>
      told(createRundown(succeed(old, edited, frame(START + 700))).at(sample(START), sample(START + 1801)));

    it("goes on with its next file", () => {
      expect(edit(old).slice(0, 3)).toEqual([
        ["Part 1", START, START + 600],
        ["Part 2", START + 600, START + 1200],
        ["Part 3", START + 1200, START + 1800],
      ]);
    });

    it("goes on with the station's playlist where the show was taken out", () => {
      const titles = edit({ ...old, slots: [] }).map(([title]) => title);
      expect(titles.slice(0, 2)).toEqual(["Part 1", "Part 2"]);
      expect(titles[2]).toMatch(/^Title/);
    });

    it("is cut by what is to start hard now", () => {
      const news = slot(START + 960, START + 1200, show(51), { entry: uuid(9001) });
      expect(edit({ ...old, slots: [news] }).slice(0, 3)).toEqual([
        ["Part 1", START, START + 600],
        ["Part 2", START + 600, START + 960],
        ["Part 2", START + 960, START + 1560],
      ]);
    });

    it("does not play it again when its time is not over but its files are", () => {
      const long = { ...old, slots: [slot(START, START + 5 * HOUR, show(50))] };
      const next = succeed(long, long, frame(START + 4.5 * HOUR));
      const items = createRundown(next).at(sample(START + 4.5 * HOUR), sample(START + 5 * HOUR));
      expect(items.every(({ source }) => source === "autopilot")).toBe(true);
    });
  });

  it("goes on with a sequence where it was", () => {
    const old = plan({ tracks: songs, playlists: [playlist(100, songs, "sequence")], rules });
    const next = succeed(old, { ...old, targetLoudness: -18 }, frame(START));
    const order = createRundown(next)
      .at(sample(START - 600), sample(START + HOUR))
      .map(({ track }) => songs.findIndex(({ media }) => media === track.media));
    for (const [index, position] of order.slice(1).entries()) {
      expect(position).toBe(((order[index] ?? 0) + 1) % songs.length);
    }
  });
});
