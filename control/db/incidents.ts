import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OriginId, StationSlug } from "../../contracts/names.ts";

/** What an operator reads afterwards: faults, what was done about them, and who changed what. */
export const incidents = sqliteTable(
  "incidents",
  {
    id: text().primaryKey(),
    at: integer().notNull(),
    kind: text().notNull(),
    station: text().$type<StationSlug>(),
    origin: text().$type<OriginId>(),
    /** Who did or said it: `control`, `origin origin-1`, `admin alice`. */
    actor: text().notNull(),
    message: text().notNull(),
  },
  (table) => [
    index("incidents_at").on(table.at, table.id),
    index("incidents_kind").on(table.kind, table.at, table.id),
    index("incidents_station").on(table.station, table.at, table.id),
    index("incidents_origin").on(table.origin, table.at, table.id),
  ],
);
