import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OriginId } from "../../contracts/names.ts";
import { origins } from "./origins.ts";

/** In this order. Each may be done again without harm, and none begins before the one above it has ended. */
export const EVICTION_STEPS = ["routing", "token", "studio", "webhook", "purge", "recreate"] as const;
export type EvictionStep = (typeof EVICTION_STEPS)[number];

/** What there is to do about one eviction, and what came of it. */
export const evictionSteps = sqliteTable(
  "eviction_steps",
  {
    origin: text()
      .$type<OriginId>()
      .notNull()
      .references(() => origins.id),
    /** When it was evicted: the name of this eviction. */
    evictedAt: integer("evicted_at").notNull(),
    position: integer().notNull(),
    step: text().$type<EvictionStep>().notNull(),
    attempts: integer().notNull(),
    /** Unix ms before which it is not tried again. */
    dueAt: integer("due_at").notNull(),
    /** Null while it is open. */
    endedAt: integer("ended_at"),
    outcome: text(),
  },
  (table) => [
    primaryKey({ columns: [table.origin, table.evictedAt, table.step] }),
    index("eviction_steps_open").on(table.endedAt),
  ],
);
