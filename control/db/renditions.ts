import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import { stations } from "./stations.ts";

/** The encodings of a station, in the order in which players see them. */
export const renditions = sqliteTable(
  "renditions",
  {
    station: text()
      .$type<StationSlug>()
      .notNull()
      .references(() => stations.slug),
    name: text().$type<RenditionName>().notNull(),
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.station, table.name] })],
);
