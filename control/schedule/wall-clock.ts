import { Temporal } from "temporal-polyfill";
import { z } from "zod";

/** What the clock on the studio's wall shows: `2026-11-22T20:00`. */
export const WallTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, "local date and time, to the minute: 2026-11-22T20:00")
  .refine(isReal, "there is no such date and time");
export type WallTime = z.infer<typeof WallTime>;

export const TimeZone = z.string().max(60).refine(isTimeZone, "an IANA time zone, such as Europe/Berlin");
export type TimeZone = z.infer<typeof TimeZone>;

/**
 * An instant at which a wall time is due, Unix ms. `moved`: the clock does not show that time on that day, since it is
 * put forward over it. `again`: the clock shows it for the second time, having been put back.
 */
export type Due = { at: number; shift: "moved" | "again" | null };

/**
 * When a wall time is due: once as a rule. A time that is skipped is due as long after midnight as on any other day, so
 * that 02:30 becomes 03:30 (RFC 5545, 3.3.5); a time that comes twice is due twice.
 */
export function dueAt(wall: WallTime, zone: TimeZone): Due[] {
  const plain = Temporal.PlainDateTime.from(wall);
  const earlier = plain.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = plain.toZonedDateTime(zone, { disambiguation: "later" });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return [{ at: later.epochMilliseconds, shift: null }];
  if (!earlier.toPlainDateTime().equals(plain)) return [{ at: later.epochMilliseconds, shift: "moved" }];
  return [
    { at: earlier.epochMilliseconds, shift: null },
    { at: later.epochMilliseconds, shift: "again" },
  ];
}

/** What the clock on the wall shows at an instant. */
export function wallAt(unixMs: number, zone: TimeZone): WallTime {
  return Temporal.Instant.fromEpochMilliseconds(unixMs)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: "minute" });
}

function isReal(wall: string): boolean {
  try {
    return Temporal.PlainDateTime.from(wall, { overflow: "reject" }).year >= 1970;
  } catch {
    return false;
  }
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "" && /^[A-Z]/.test(zone);
  } catch {
    return false;
  }
}
