import { z } from "zod";
import { SlotContent } from "../../contracts/slot.ts";
import { RecurrenceRule } from "./recurrence.ts";
import { WallTime } from "./wall-clock.ts";

export const MAX_DURATION_MINUTES = 7 * 1440;

/** A programme entry: what is to happen, when by the clock on the wall, and how long. */
export const ScheduleEntry = z.strictObject({
  title: z.string().trim().min(1).max(300),
  host: z.string().trim().max(300),
  content: SlotContent,
  /** First time, in the station's time zone. */
  from: WallTime,
  /** As the clock runs, so an hour is an hour on the days on which the clock is changed, too. */
  durationMinutes: z.int().min(1).max(MAX_DURATION_MINUTES),
  /** Null: once. */
  rule: RecurrenceRule.nullable(),
  /** Times of the rule at which it is left out. */
  except: z.array(WallTime).max(200),
  start: z.enum(["hard", "soft"]),
  /** Of two at once the higher one is heard. */
  priority: z.int().min(0).max(100),
});
export type ScheduleEntry = z.infer<typeof ScheduleEntry>;

export type StoredEntry = ScheduleEntry & { id: string };

const { shape } = ScheduleEntry;

export const NewEntry = ScheduleEntry.extend({
  host: shape.host.default(""),
  rule: shape.rule.default(null),
  except: shape.except.default([]),
  start: shape.start.default("hard"),
  priority: shape.priority.default(50),
});

/** What is given is set, the rest stays as it is. */
export const EntryChange = ScheduleEntry.partial().refine(
  (change) => Object.keys(change).length > 0,
  "nothing to change",
);
