import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import { origins } from "./origins.ts";
import { stations } from "./stations.ts";

/** One origin slicing one station. */
export const slicers = sqliteTable(
  "slicers",
  {
    station: text()
      .$type<StationSlug>()
      .notNull()
      .references(() => stations.slug),
    origin: text()
      .$type<OriginId>()
      .notNull()
      .references(() => origins.id),
    since: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.station, table.origin] })],
);
