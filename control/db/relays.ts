import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { StationSlug } from "../../contracts/names.ts";
import { stations } from "./stations.ts";

/** Other people's streams that a station may put on air. */
export const relays = sqliteTable(
  "relays",
  {
    id: text().primaryKey(),
    station: text()
      .$type<StationSlug>()
      .notNull()
      .references(() => stations.slug),
    name: text().notNull(),
    /** May hold credentials, which origins need as they are; shown to nobody. */
    url: text().notNull(),
    /** Put on air by hand. */
    isOnAir: integer("is_on_air", { mode: "boolean" }).notNull(),
    isTrial: integer("is_trial", { mode: "boolean" }).notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("relays_station").on(table.station, table.name, table.id)],
);
