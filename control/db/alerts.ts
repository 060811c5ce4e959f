import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { OriginId, StationSlug } from "../../contracts/names.ts";

export const SEVERITIES = ["critical", "warning"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What somebody should know now. While a fault lasts it is one alert: only one of a key is open at a time. */
export const alerts = sqliteTable(
  "alerts",
  {
    id: text().primaryKey(),
    key: text().notNull(),
    kind: text().notNull(),
    severity: text().$type<Severity>().notNull(),
    station: text().$type<StationSlug>(),
    origin: text().$type<OriginId>(),
    what: text().notNull(),
    /** When the fault began; `raisedAt`: when it had lasted long enough to tell. */
    since: integer().notNull(),
    raisedAt: integer("raised_at").notNull(),
    /** When an incident's alert ends unless the incident comes again; null for a state's, which ends with the state. */
    endsAt: integer("ends_at"),
    /** How many contacts were told before it was acknowledged, less one; and since when the last of them knows. */
    step: integer().notNull(),
    steppedAt: integer("stepped_at").notNull(),
    acknowledgedAt: integer("acknowledged_at"),
    acknowledgedBy: text("acknowledged_by"),
    resolvedAt: integer("resolved_at"),
  },
  (table) => [
    uniqueIndex("alerts_open").on(table.key).where(sql`resolved_at is null`),
    index("alerts_raised").on(table.raisedAt, table.id),
    index("alerts_station").on(table.station, table.raisedAt, table.id),
  ],
);
