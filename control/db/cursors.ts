import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** How far a reader of a growing table has come: the rowid of the last row it has dealt with. */
export const cursors = sqliteTable("cursors", {
  name: text().primaryKey(),
  position: integer().notNull(),
});
