import { describe, expect, it } from "vitest";
import { SAMPLES_PER_FRAME } from "../timeline.ts";
import { createRundown, rundownAt } from "./rundown.ts";
import { frame, plan, playlist, sample, seconds, slot, told, track, uuid } from "./test-plan.ts";

const HOUR = 3600;
/** Amid a block: they change at 12:20 and 18:20. */
const LUNCH = 13 * HOUR;

const songs = Array.from({ length: 40 }, (_, index) => track(index + 1, 150 + index * 3.7));
const library = { playlists: [playlist(100, songs)], tracks: songs };
const show = (...numbers: number[]) => ({ kind: "show" as const, media: numbers.map(uuid) });

describe("A hard start", () => {
  it("comes in its first frame, and fades out what is on until then", () => {
    const episode = track(50, 600, { title: "Episode" });
    const rundown = createRundown(
      plan({ ...library, tracks: [...songs, episode], slots: [slot(LUNCH + 7, LUNCH + 900, show(50))] }),
    );
    const [before, first] = rundown.at(sample(LUNCH + 6), sample(LUNCH + 8));
    expect(first?.track.title).toBe("Episode");
    expect(first?.from).toBe(frame(LUNCH + 7) * SAMPLES_PER_FRAME);
    expect(first?.fadeIn).toBe(0);
    expect(before?.until).toBe(first?.from);
    expect(before?.fadeOut).toBe(96_000);
  });

  it("finds tracks before it that fit, so that little is cut off", () => {
    const episode = track(50, 600);
    const rundown = createRundown(
      plan({ ...library, tracks: [...songs, episode], slots: [slot(LUNCH, LUNCH + 900, show(50))] }),
    );
    const [last] = rundown.at(sample(LUNCH - 1), sample(LUNCH - 0.5));
    if (!last) throw new Error("nothing is on");
    const cutOff = last.track.cue.out - (last.until - last.from);
    expect(cutOff / 48_000).toBeLessThan(3);
  });

  it("cuts a show that is too long", () => {
    const slots = [slot(LUNCH, LUNCH + 600, show(50)), slot(LUNCH + 600, LUNCH + 1200, show(51))];
    const tracks = [track(50, 1000, { title: "Long" }), track(51, 300, { title: "Next" })];
    const rundown = createRundown(plan({ tracks, slots }));
    expect(told(rundown.at(sample(LUNCH), sample(LUNCH + 900)))).toEqual([
      ["Long", LUNCH, LUNCH + 600],
      ["Next", LUNCH + 600, LUNCH + 900],
    ]);
  });
});

describe("A soft start", () => {
  const slots = [
    slot(LUNCH, LUNCH + 600, show(50), { entry: uuid(9001) }),
    slot(LUNCH + 600, LUNCH + 1800, show(51), { start: "soft" }),
  ];

  it("waits until the item on air has ended", () => {
    const tracks = [track(50, 700, { title: "Long" }), track(51, 300, { title: "Next" })];
    const rundown = createRundown(plan({ tracks, slots }));
    expect(told(rundown.at(sample(LUNCH), sample(LUNCH + 1800)))).toEqual([
      ["Long", LUNCH, LUNCH + 700],
      ["Next", LUNCH + 700, LUNCH + 1000],
    ]);
  });

  it("waits for a quarter of an hour at most", () => {
    const tracks = [track(50, 7000, { title: "Long" }), track(51, 300, { title: "Next" })];
    const rundown = createRundown(plan({ tracks, slots: [...slots] }));
    expect(told(rundown.at(sample(LUNCH), sample(LUNCH + 1510)))).toEqual([
      ["Long", LUNCH, LUNCH + 1500],
      ["Next", LUNCH + 1500, LUNCH + 1800],
    ]);
  });

  it("is left out when its time is over by then", () => {
    const tracks = [track(50, 7000, { title: "Long" }), track(51, 300, { title: "Next" })];
    const short = [slots[0], slot(LUNCH + 600, LUNCH + 900, show(51), { start: "soft" })].flatMap((one) => one ?? []);
    const rundown = createRundown(plan({ tracks, slots: short }));
    expect(told(rundown.at(sample(LUNCH), sample(LUNCH + 3600)))).toEqual([["Long", LUNCH, LUNCH + 1500]]);
  });
});

describe("A show", () => {
  it("plays its files one after the other, each in full, and leaves the rest of its time to the station's playlist", () => {
    const tracks = [...songs, track(50, 100, { title: "One", fade: 5 }), track(51, 200, { title: "Two", fade: 5 })];
    const rundown = createRundown(
      plan({
        ...library,
        tracks,
        rules: { ...plan({}).rules, crossfadeMs: 4000 },
        slots: [slot(LUNCH, LUNCH + 900, show(50, 51))],
      }),
    );
    const items = rundown.at(sample(LUNCH), sample(LUNCH + 400));
    expect(told(items.slice(0, 2))).toEqual([
      ["One", LUNCH, LUNCH + 100],
      ["Two", LUNCH + 100, LUNCH + 300],
    ]);
    expect(items.map(({ source, slot }) => [source, slot !== null])).toEqual([
      ["show", true],
      ["show", true],
      ["autopilot", false],
    ]);
    expect(seconds(items[2]?.from ?? 0)).toBe(LUNCH + 300);
  });

  it("leaves out what is not in the library", () => {
    const rundown = createRundown(
      plan({ tracks: [track(51, 200, { title: "Two" })], slots: [slot(LUNCH, LUNCH + 900, show(50, 51))] }),
    );
    expect(told(rundown.at(sample(LUNCH), sample(LUNCH + 900)))).toEqual([["Two", LUNCH, LUNCH + 200]]);
  });

  it("goes on where two blocks would meet", () => {
    const episode = track(50, 3 * HOUR, { title: "Episode" });
    const rundown = createRundown(
      plan({ ...library, tracks: [...songs, episode], slots: [slot(5 * HOUR, 8 * HOUR, show(50))] }),
    );
    expect(told(rundown.at(sample(6 * HOUR), sample(7 * HOUR)))).toEqual([["Episode", 5 * HOUR, 8 * HOUR]]);
  });
});

describe("The playlist of a slot", () => {
  const jazz = [track(60, 100, { title: "Jazz A" }), track(61, 120, { title: "Jazz B" })];
  const parts = {
    tracks: [...songs, ...jazz],
    playlists: [playlist(100, songs), playlist(101, jazz, "sequence"), playlist(102, [])],
  };

  it("begins with its first track where it is a sequence", () => {
    const content = { kind: "playlist" as const, playlist: uuid(101) };
    const rundown = createRundown(plan({ ...parts, slots: [slot(LUNCH, LUNCH + HOUR, content)] }));
    expect(told(rundown.at(sample(LUNCH), sample(LUNCH + 230)))).toEqual([
      ["Jazz A", LUNCH, LUNCH + 100],
      ["Jazz B", LUNCH + 100, LUNCH + 220],
      ["Jazz A", LUNCH + 220, LUNCH + 320],
    ]);
  });

  it.each([
    ["a playlist that is empty", { kind: "playlist" as const, playlist: uuid(102) }],
    ["a playlist that is not there", { kind: "playlist" as const, playlist: uuid(103) }],
    ["a relay", { kind: "relay" as const, relay: uuid(1) }],
    ["a host without a playlist", { kind: "live" as const, keys: [], absent: null, overrunMinutes: 0 }],
  ])("is the station's own beneath %s", (_, content) => {
    const rundown = createRundown(plan({ ...parts, slots: [slot(LUNCH, LUNCH + HOUR, content)] }));
    const items = rundown.at(sample(LUNCH), sample(LUNCH + HOUR));
    expect(items.length).toBeGreaterThan(10);
    expect(items.every(({ track }) => track.title.startsWith("Title"))).toBe(true);
    expect(items[0]?.slot?.content).toEqual(content);
  });

  it("is played while a host is absent", () => {
    const content = { kind: "live" as const, keys: [], absent: uuid(101), overrunMinutes: 0 };
    const rundown = createRundown(plan({ ...parts, slots: [slot(LUNCH, LUNCH + HOUR, content)] }));
    const items = rundown.at(sample(LUNCH), sample(LUNCH + HOUR));
    expect(items.every(({ track }) => track.title.startsWith("Jazz"))).toBe(true);
  });
});

describe("A crossfade", () => {
  const withFades = (fade: number, crossfadeMs: number) => {
    const tracks = [track(1, 200, { fade }), track(2, 180, { fade })];
    return plan({ tracks, playlists: [playlist(100, tracks)], rules: { ...plan({}).rules, crossfadeMs } });
  };

  it.each([
    ["from the cue point `next` to the end", 3, 4000, 3],
    ["as long as the rules allow", 10, 4000, 4],
    ["not where the rules want none", 10, 0, 0],
  ])("goes %s", (_, fade, crossfadeMs, expected) => {
    const [first, second] = rundownAt(withFades(fade, crossfadeMs), sample(LUNCH), sample(LUNCH + 400));
    if (!first || !second) throw new Error("nothing is on");
    expect([first.fadeOut, second.fadeIn, first.until - second.from]).toEqual(Array(3).fill(expected * 48_000));
  });

  it("of a jingle is short, whatever its cue points say", () => {
    const tracks = [track(1, 200, { fade: 10 }), track(2, 10, { fade: 5, kind: "jingle" })];
    const rundown = createRundown(
      plan({
        tracks,
        playlists: [playlist(100, tracks.slice(0, 1)), playlist(101, tracks.slice(1))],
        rules: {
          ...plan({}).rules,
          crossfadeMs: 4000,
          jingles: { playlist: uuid(101), every: { tracks: 1 } },
        },
      }),
    );
    const items = rundown.at(sample(LUNCH), sample(LUNCH + 900)).slice(1, -1);
    expect(new Set(items.flatMap(({ fadeIn, fadeOut }) => [fadeIn, fadeOut]))).toEqual(new Set([24_000]));
  });
});

describe("Jingles", () => {
  const jingles = [track(70, 8, { kind: "jingle" }), track(71, 6, { kind: "jingle" })];
  const withJingles = (every: { tracks: number } | { minutes: number }) =>
    plan({
      tracks: [...songs, ...jingles],
      playlists: [playlist(100, songs), playlist(101, jingles)],
      rules: { ...plan({}).rules, jingles: { playlist: uuid(101), every } },
    });

  it("come after so many tracks", () => {
    const items = rundownAt(withJingles({ tracks: 3 }), sample(LUNCH), sample(LUNCH + 3 * HOUR));
    const kinds = items.map(({ track }) => (track.kind === "jingle" ? "j" : "m")).join("");
    expect(kinds).toMatch(/^m{0,3}(jmmm){8,}j?m{0,3}$/);
  });

  it("come when so many minutes have passed", () => {
    const items = rundownAt(withJingles({ minutes: 20 }), sample(LUNCH), sample(LUNCH + 5 * HOUR));
    const heard = items.filter(({ track }) => track.kind === "jingle");
    expect(heard.length).toBeGreaterThan(13);
    for (const [index, jingle] of heard.slice(1).entries()) {
      const since = (jingle.from - (heard[index]?.until ?? 0)) / 48_000;
      expect(since).toBeGreaterThanOrEqual(1200);
      expect(since).toBeLessThan(1200 + 300);
    }
  });

  it("change, where there is more than one", () => {
    const items = rundownAt(withJingles({ tracks: 2 }), sample(LUNCH), sample(LUNCH + 3 * HOUR));
    const titles = items.filter(({ track }) => track.kind === "jingle").map(({ track }) => track.title);
    expect(titles.slice(1).every((title, index) => title !== titles[index])).toBe(true);
  });
});

describe("Where there is nothing to play", () => {
  it("is nothing", () => {
    expect(rundownAt(plan({}), sample(LUNCH), sample(LUNCH + HOUR))).toEqual([]);
  });

  it("is nothing, either, for playlists of what is too short to be heard", () => {
    const tracks = [track(1, 0.9)];
    expect(rundownAt(plan({ tracks, playlists: [playlist(100, tracks)] }), sample(LUNCH), sample(LUNCH + 1))).toEqual(
      [],
    );
  });

  it("a show is played all the same", () => {
    const tracks = [track(50, 100, { title: "Only" })];
    const rundown = createRundown(plan({ tracks, slots: [slot(LUNCH, LUNCH + 200, show(50))] }));
    expect(told(rundown.at(sample(0), sample(24 * HOUR)))).toEqual([["Only", LUNCH, LUNCH + 100]]);
  });
});

describe("A playlist that is", () => {
  it("weighted plays the heavier oftener", () => {
    const two = [track(1, 200), track(2, 200)];
    const weighted = playlist(100, two, "weighted");
    const heavy = { ...weighted, entries: two.map(({ media }, index) => ({ media, weight: index === 0 ? 3 : 1 })) };
    const items = rundownAt(plan({ tracks: two, playlists: [heavy] }), sample(0), sample(48 * HOUR));
    const share = items.filter(({ track }) => track.media === uuid(1)).length / items.length;
    expect(share).toBeGreaterThan(0.65);
    expect(share).toBeLessThan(0.85);
  });

  it("shuffled plays each once before any comes again", () => {
    const items = rundownAt(
      plan({ ...library, rules: { ...plan({}).rules, titleSeparationMinutes: 60 } }),
      sample(LUNCH + 0.5 * HOUR),
      sample(LUNCH + 5 * HOUR),
    );
    const gaps = songs.flatMap(({ media }) => {
      const heard = items.flatMap((item, index) => (item.track.media === media ? [index] : []));
      return heard.slice(1).map((index, position) => index - (heard[position] ?? 0));
    });
    expect(Math.min(...gaps)).toBeGreaterThan(15);
    expect(new Set(items.map(({ track }) => track.media)).size).toBe(songs.length);
  });

  it("of one track repeats it", () => {
    const tracks = [track(1, 200, { fade: 2 })];
    const rules = { ...plan({}).rules, artistSeparationMinutes: 60, titleSeparationMinutes: 60, crossfadeMs: 2000 };
    const items = rundownAt(
      plan({ tracks, playlists: [playlist(100, tracks)], rules }),
      sample(LUNCH),
      sample(LUNCH + HOUR),
    );
    expect([19, 20]).toContain(items.length);
  });
});

describe("Rules that a playlist cannot keep", () => {
  it("are broken as little as can be: what was heard longest ago comes first", () => {
    const tracks = Array.from({ length: 6 }, (_, index) => track(index + 1, 180, { artist: `Artist ${index % 3}` }));
    const rules = { ...plan({}).rules, artistSeparationMinutes: 60, titleSeparationMinutes: 120 };
    const items = rundownAt(
      plan({ tracks, playlists: [playlist(100, tracks)], rules }),
      sample(LUNCH + 1 * HOUR),
      sample(LUNCH + 4 * HOUR),
    );
    for (let index = 6; index < items.length; index++) {
      expect(new Set(items.slice(index - 6, index).map(({ track }) => track.title)).size).toBe(6);
    }
  });
});
