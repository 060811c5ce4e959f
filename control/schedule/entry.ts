import { z } from "zod";
import { SlotContent } from "../../contracts/slot.ts";
import { RecurrenceRule } from "./recurrence.ts";
import { WallTime } from "./wall-clock.ts";

export const MAX_DURATION_MINUTES = 7 * 1440;

/** A programme entry: what is to happen, when by the clock on the wall, and how long. */
export const ScheduleEntry = z.strictObject({
  title: z.string().trim().min(1).max(300),
  host: z.string().trim().max(300).default(""),
  content: SlotContent,
  /** First time, in the station's time zone. */
  from: WallTime,
  /** As the clock runs, so an hour is an hour on the days on which the clock is changed, too. */
  durationMinutes: z.int().min(1).max(MAX_DURATION_MINUTES),
  /** Null: once. */
  rule: RecurrenceRule.nullable().default(null),
  /** Times of the rule at which it is left out. */
  except: z.array(WallTime).max(200).default([]),
  start: z.enum(["hard", "soft"]).default("hard"),
  /** Of two at once the higher one is heard. */
  priority: z.int().min(0).max(100).default(50),
});
export type ScheduleEntry = z.infer<typeof ScheduleEntry>;

export type StoredEntry = ScheduleEntry & { id: string };
