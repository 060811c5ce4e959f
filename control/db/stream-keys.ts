import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Sha256, StationSlug } from "../../contracts/names.ts";
import { stations } from "./stations.ts";

/** What a host goes live with, by its hash alone. */
export const streamKeys = sqliteTable(
  "stream_keys",
  {
    id: text().primaryKey(),
    station: text()
      .$type<StationSlug>()
      .notNull()
      .references(() => stations.slug),
    /** The host's. */
    name: text().notNull(),
    sha256: text().$type<Sha256>().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("stream_keys_station").on(table.station)],
);
