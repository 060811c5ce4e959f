import fc from "fast-check";
import { DateTime } from "luxon";
import { rrulestr } from "rrule";
import { describe, expect, it } from "vitest";
import { occurrencesOf } from "./occurrences.ts";
import { makeEntry } from "./test-entry.ts";

/**
 * A year against two libraries that have no part in ours: rrule says on which wall times a show is due, and luxon what
 * the clock on the wall shows in every quarter of an hour of the year. A show is due whenever that clock shows its time.
 */
const QUARTER_MS = 15 * 60_000;
const YEAR = { from: Date.UTC(2026, 0, 1), until: Date.UTC(2027, 0, 1) };
/** Two halves of the world, and the one place whose clock is changed by half an hour. */
const ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"];
const WALL = "yyyy-MM-dd'T'HH:mm";

type Clock = {
  /** Instants at which the wall shows a time. */
  shown: Map<string, number[]>;
  changes: number;
};

function watch(zone: string): Clock {
  const shown = new Map<string, number[]>();
  let changes = 0;
  let offset = DateTime.fromMillis(YEAR.from, { zone }).offset;
  for (let at = YEAR.from; at < YEAR.until; at += QUARTER_MS) {
    const time = DateTime.fromMillis(at, { zone });
    const wall = time.toFormat(WALL);
    shown.set(wall, [...(shown.get(wall) ?? []), at]);
    changes += Number(time.offset !== offset);
    offset = time.offset;
  }
  return { shown, changes };
}

const days = fc.subarray(["MO", "TU", "WE", "TH", "FR", "SA", "SU"], { minLength: 1 });
const rules = fc.oneof(
  days.map((some) => `FREQ=WEEKLY;BYDAY=${some.join(",")}`),
  fc.integer({ min: 1, max: 9 }).map((interval) => `FREQ=DAILY;INTERVAL=${interval}`),
  fc.integer({ min: 1, max: 31 }).map((day) => `FREQ=MONTHLY;BYMONTHDAY=${day}`),
  fc.constantFrom(
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=MONTHLY;BYDAY=1SU",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=DAILY;COUNT=200",
  ),
);
/** Half of the shows begin at night, when clocks are changed. */
const times = fc
  .tuple(fc.oneof(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 3 })), fc.constantFrom(0, 15, 30, 45))
  .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);

describe.each(ZONES)("A year of shows in %s", (zone) => {
  const { shown, changes } = watch(zone);

  it("has both changes of the clock", () => {
    expect(changes).toBe(2);
  });

  it("starts every show when the wall clock says: twice when it says so twice, and later when it never does", () => {
    fc.assert(
      fc.property(rules, times, (rule, time) => {
        const first = `2026-01-04T${time}`;
        const entry = makeEntry("show", { from: first, rule, durationMinutes: 15 });
        const walls = rrulestr(rule, { dtstart: new Date(`${first}:00Z`) })
          .between(new Date(YEAR.from), new Date(YEAR.until + 86_400_000), true)
          .map((date) => date.toISOString().slice(0, 16));
        const expected = new Set(
          walls.flatMap((wall) => {
            const seen = shown.get(wall);
            if (seen) return seen;
            const midnight = DateTime.fromISO(`${wall.slice(0, 10)}T00:00`, { zone }).toMillis();
            return [midnight + Date.parse(`${wall}:00Z`) - Date.parse(`${wall.slice(0, 10)}T00:00:00Z`)];
          }),
        );
        const found = occurrencesOf(entry, zone, YEAR.from, YEAR.until).map(({ from }) => from);
        const sorted = [...expected].toSorted((one, other) => one - other);
        expect(found).toEqual(sorted.filter((at) => at >= YEAR.from && at < YEAR.until));
      }),
      { numRuns: 100 },
    );
  });
});

describe("What happens", () => {
  const berlin = (parts: Parameters<typeof makeEntry>[1]) =>
    occurrencesOf(makeEntry("show", parts), "Europe/Berlin", Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 27)).map(
      ({ from, shift }) => [new Date(from).toISOString().slice(0, 16), shift],
    );

  it("once happens at the first of two times alike", () => {
    expect(berlin({ from: "2026-10-25T02:30" })).toEqual([["2026-10-25T00:30", null]]);
  });

  it("daily happens at both", () => {
    expect(berlin({ from: "2026-10-25T02:30", rule: "FREQ=DAILY" })).toEqual([
      ["2026-10-25T00:30", null],
      ["2026-10-25T01:30", "again"],
      ["2026-10-26T01:30", null],
    ]);
  });

  it("every hour happens every hour, with no two at once where the clock skips one", () => {
    const starts = occurrencesOf(
      makeEntry("news", { from: "2026-03-01T00:00", rule: "FREQ=HOURLY", durationMinutes: 5 }),
      "Europe/Berlin",
      Date.UTC(2026, 2, 29),
      Date.UTC(2026, 2, 30),
    ).map(({ from, shift }) => [new Date(from).getUTCHours(), shift]);
    expect(starts).toEqual(Array.from({ length: 24 }, (_, hour) => [hour, null]));
  });

  it("not where it is left out", () => {
    expect(berlin({ from: "2026-10-24T12:00", rule: "FREQ=DAILY", except: ["2026-10-25T12:00"] })).toEqual([
      ["2026-10-24T10:00", null],
      ["2026-10-26T11:00", null],
    ]);
  });

  it("counts while it lasts, also when it began before", () => {
    const long = makeEntry("night", { from: "2026-10-23T23:00", durationMinutes: 180 });
    expect(occurrencesOf(long, "Europe/Berlin", Date.UTC(2026, 9, 23, 23, 59), Date.UTC(2026, 9, 27))).toHaveLength(1);
    expect(occurrencesOf(long, "Europe/Berlin", Date.UTC(2026, 9, 24, 0, 0), Date.UTC(2026, 9, 27))).toHaveLength(0);
  });
});
