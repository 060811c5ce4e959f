import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import { type TimeZone, type WallTime, wallAt } from "./wall-clock.ts";

/** The parts of a rule that are numbers, and what they may be; negative ones count from the end. */
const NUMBERS: Record<string, { least: number; most: number }> = {
  INTERVAL: { least: 1, most: 1000 },
  COUNT: { least: 1, most: 100_000 },
  BYMONTH: { least: 1, most: 12 },
  BYMONTHDAY: { least: -31, most: 31 },
  BYYEARDAY: { least: -366, most: 366 },
  BYWEEKNO: { least: -53, most: 53 },
  BYSETPOS: { least: -366, most: 366 },
  BYHOUR: { least: 0, most: 23 },
  BYMINUTE: { least: 0, most: 59 },
};
const WORDS: Record<string, RegExp> = {
  FREQ: /^(?:YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY)$/,
  UNTIL: /^\d{8}(?:T\d{6}Z?)?$/,
  BYDAY: /^(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU))*$/,
  WKST: /^(?:MO|TU|WE|TH|FR|SA|SU)$/,
};

/** What a rule that never comes true may be searched for. */
const MOST_PERIODS = 20_000;
const MOST_CANDIDATES = 200_000;
const DAY_MS = 86_400_000;

/** An RRULE (RFC 5545, 3.3.10) of whole hours or longer, without its name: `FREQ=WEEKLY;BYDAY=MO,WE`. */
export const RecurrenceRule = z
  .string()
  .max(300)
  .refine(hasKnownParts, "an RRULE of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO,WE")
  .refine(isAccepted, "not a rule that RFC 5545 allows");
export type RecurrenceRule = z.infer<typeof RecurrenceRule>;

/**
 * The wall times of a rule that begins at `first`, from `from` until `until` (Unix ms), and up to a day around them. The
 * rule speaks of the clock on the wall, so it is worked out as if no clock were ever put forward or back; what becomes
 * of a time that is skipped or comes twice is `dueAt`'s to say. Throws a RangeError when the search is too long.
 */
export function wallTimes(
  rule: RecurrenceRule,
  first: WallTime,
  zone: TimeZone,
  from: number,
  until: number,
): WallTime[] {
  const margin = (wall: WallTime, days: number) => new Date(Date.parse(`${wall}Z`) + days * DAY_MS);
  const found = openRule(rule, first, zone).between(
    margin(wallAt(Math.max(0, from), zone), -1),
    margin(wallAt(until, zone), 1),
    true,
  );
  return found.map((time) => time.toPlainDateTime().toString({ smallestUnit: "minute" }));
}

function openRule(rule: RecurrenceRule, first: WallTime, zone: TimeZone): RRuleTemporal<Temporal.ZonedDateTime> {
  return new RRuleTemporal({
    rruleString: rule.replace(/(?<=UNTIL=)[^;]+/, (until) => untilOnTheWall(until, zone)),
    dtstart: Temporal.PlainDateTime.from(first).toZonedDateTime("UTC"),
    temporal: Temporal,
    strict: true,
    cache: false,
    maxIterations: MOST_PERIODS,
    maxCandidateEvaluations: MOST_CANDIDATES,
  });
}

/** A date means its last second; a time in UTC is what the wall showed then. */
function untilOnTheWall(until: string, zone: TimeZone): string {
  if (until.length === 8) return `${until}T235959Z`;
  if (!until.endsWith("Z")) return `${until}Z`;
  const instant = Temporal.Instant.from(until);
  return `${instant.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: "second" }).replace(/[-:]/g, "")}Z`;
}

function hasKnownParts(rule: string): boolean {
  const parts = rule.split(";").map((part) => part.split("="));
  const names = parts.map(([name]) => name);
  if (names[0] !== "FREQ" || new Set(names).size !== names.length) return false;
  return parts.every(([name = "", value = "", ...rest]) => {
    if (rest.length > 0) return false;
    const numbers = NUMBERS[name];
    if (!numbers) return WORDS[name]?.test(value) ?? false;
    return value
      .split(",")
      .every((one) => /^[+-]?\d{1,6}$/.test(one) && Number(one) >= numbers.least && Number(one) <= numbers.most);
  });
}

function isAccepted(rule: string): boolean {
  try {
    openRule(rule, "2026-01-01T00:00", "UTC");
    return true;
  } catch {
    return false;
  }
}
