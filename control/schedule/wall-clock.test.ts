import { describe, expect, it } from "vitest";
import { dueAt, TimeZone, WallTime, wallAt } from "./wall-clock.ts";

const told = (wall: string, zone: string) =>
  dueAt(wall, zone).map(({ at, shift }) => [new Date(at).toISOString().slice(0, 16), shift]);

describe("A wall time", () => {
  it("is due once on an ordinary day", () => {
    expect(told("2026-11-22T20:00", "Europe/Berlin")).toEqual([["2026-11-22T19:00", null]]);
    expect(told("2026-07-22T20:00", "Europe/Berlin")).toEqual([["2026-07-22T18:00", null]]);
  });

  it.each([
    ["Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30", "2026-03-29T03:30"],
    ["America/New_York", "2026-03-08T02:30", "2026-03-08T07:30", "2026-03-08T03:30"],
    ["Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45", "2026-10-04T02:45"],
  ])("that the clock of %s skips is due by so much later", (zone, wall, utc, shown) => {
    expect(told(wall, zone)).toEqual([[utc, "moved"]]);
    expect(wallAt(Date.parse(`${utc}Z`), zone)).toBe(shown);
  });

  it.each([
    ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30", "2026-10-25T01:30"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01T05:30", "2026-11-01T06:30"],
    ["Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", "2026-04-04T15:15"],
  ])("that the clock of %s shows twice is due twice", (zone, wall, first, second) => {
    expect(told(wall, zone)).toEqual([
      [first, null],
      [second, "again"],
    ]);
  });

  it.each(["2026-02-30T10:00", "2026-11-22T24:00", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22T10:00Z", "soon"])(
    "is not %j",
    (text) => {
      expect(WallTime.safeParse(text).success).toBe(false);
    },
  );
});

describe("A time zone", () => {
  it.each(["Europe/Berlin", "UTC", "Asia/Kathmandu"])("may be %s", (zone) => {
    expect(TimeZone.safeParse(zone).success).toBe(true);
  });

  it.each(["Europe/Nowhere", "+02:00", "", "berlin", "../etc"])("is not %j", (zone) => {
    expect(TimeZone.safeParse(zone).success).toBe(false);
  });
});
