import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What operators have set otherwise than by default, as JSON, by the name of what it is of. */
export const settings = sqliteTable("settings", {
  name: text().primaryKey(),
  value: text({ mode: "json" }).$type<unknown>().notNull(),
  updatedAt: integer("updated_at").notNull(),
});
