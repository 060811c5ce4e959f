import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { StationSlug } from "../../contracts/names.ts";
import type { SlotContent } from "../../contracts/slot.ts";
import { stations } from "./stations.ts";

/** What is to happen, when by the clock on the wall, and how long. */
export const scheduleEntries = sqliteTable(
  "schedule_entries",
  {
    id: text().primaryKey(),
    station: text()
      .$type<StationSlug>()
      .notNull()
      .references(() => stations.slug),
    title: text().notNull(),
    host: text().notNull(),
    content: text({ mode: "json" }).$type<SlotContent>().notNull(),
    from: text().notNull(),
    durationMinutes: integer("duration_minutes").notNull(),
    /** An RRULE; null: once. */
    rule: text(),
    except: text({ mode: "json" }).$type<string[]>().notNull(),
    start: text().$type<"hard" | "soft">().notNull(),
    priority: integer().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("schedule_entries_station").on(table.station, table.createdAt, table.id)],
);
