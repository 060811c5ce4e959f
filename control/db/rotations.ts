import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { StationSlug } from "../../contracts/names.ts";
import { stations } from "./stations.ts";

/** How a station plays its library, as JSON; a station without a row plays it as by default. */
export const rotations = sqliteTable("rotations", {
  station: text()
    .$type<StationSlug>()
    .primaryKey()
    .references(() => stations.slug),
  value: text({ mode: "json" }).$type<unknown>().notNull(),
  updatedAt: integer("updated_at").notNull(),
});
