import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { StationSlug } from "../../contracts/names.ts";
import { stations } from "./stations.ts";

export const APPROVALS = ["by-hand", "automatic"] as const;
export type Approval = (typeof APPROVALS)[number];

/** How a station keeps its library; a station without a row keeps it as by default. */
export const libraries = sqliteTable("libraries", {
  station: text()
    .$type<StationSlug>()
    .primaryKey()
    .references(() => stations.slug),
  approval: text().$type<Approval>().notNull(),
  updatedAt: integer("updated_at").notNull(),
});
