import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { StationSlug } from "../../contracts/names.ts";

/** Who is on call: for one station, or for all where `station` is null. */
export const contacts = sqliteTable(
  "contacts",
  {
    id: text().primaryKey(),
    station: text().$type<StationSlug>(),
    name: text().notNull(),
    phone: text(),
    email: text(),
    /** The lower is told first, the next one when that one does not acknowledge. */
    position: integer().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("contacts_order").on(table.station, table.position)],
);
