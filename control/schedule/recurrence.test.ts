import { describe, expect, it } from "vitest";
import { RecurrenceRule, wallTimes } from "./recurrence.ts";

const between = (rule: string, first: string, from: string, until: string, zone = "UTC") =>
  wallTimes(rule, first, zone, Date.parse(`${from}Z`), Date.parse(`${until}Z`));

describe("A rule", () => {
  it("repeats on the wall clock, whatever the clock does in between", () => {
    expect(
      between("FREQ=WEEKLY;BYDAY=SU", "2026-03-01T02:30", "2026-03-22T00:00", "2026-04-05T00:00", "Europe/Berlin"),
    ).toEqual(["2026-03-22T02:30", "2026-03-29T02:30", "2026-04-05T02:30"]);
  });

  it("counts from its first time, not from when somebody asks", () => {
    expect(between("FREQ=DAILY;COUNT=3", "2026-01-01T10:00", "2026-01-03T00:00", "2026-01-09T00:00")).toEqual([
      "2026-01-02T10:00",
      "2026-01-03T10:00",
    ]);
  });

  it.each([
    ["a date means all of it", "UNTIL=20260103", 3],
    ["a local time is one on the wall", "UNTIL=20260103T090000", 2],
    ["a time in UTC is what the wall showed then", "UNTIL=20260103T000000Z", 3],
  ])("has an end: %s", (_, until, expected) => {
    const zone = "Australia/Sydney";
    expect(
      between(`FREQ=DAILY;${until}`, "2026-01-01T10:00", "2026-01-01T00:00", "2026-01-20T00:00", zone),
    ).toHaveLength(expected);
  });

  it("goes on for years", () => {
    expect(between("FREQ=HOURLY", "1990-01-01T00:00", "2026-01-02T00:00", "2026-01-02T03:00")).toHaveLength(52);
  });

  it.each([
    "FREQ=WEEKLY;BYDAY=MO,WE",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
    "FREQ=DAILY;INTERVAL=2;COUNT=10",
    "FREQ=HOURLY;BYMINUTE=30",
  ])("may be %s", (rule) => {
    expect(RecurrenceRule.safeParse(rule).success).toBe(true);
  });

  it.each([
    "",
    "daily",
    "FREQ=MINUTELY",
    "FREQ=SECONDLY",
    "FREQ=DAILY;BYHOUR=24",
    "FREQ=DAILY;BYHOUR=",
    "FREQ=DAILY;COUNT=3;UNTIL=20260101T000000Z",
    "FREQ=DAILY;COUNT=3;COUNT=4",
    "FREQ=DAILY;X-OWN=1",
    "FREQ=DAILY\nDTSTART:20200101T000000Z",
    "RRULE:FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=DAILY;UNTIL=20261341",
  ])("is not %j", (rule) => {
    expect(RecurrenceRule.safeParse(rule).success).toBe(false);
  });

  it("that never comes true is not searched for without end", () => {
    expect(
      between("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01T10:00", "2026-01-01T00:00", "2026-02-01T00:00"),
    ).toEqual([]);
  });
});
