import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Sha256 } from "../../contracts/names.ts";

/** The one row that says which routing snapshot stands in R2. */
export const publications = sqliteTable("publications", {
  id: integer().primaryKey(),
  /** Highest version ever given out. */
  version: integer().notNull(),
  /** Of the snapshot without version and time, and of the object in R2; null until a put has succeeded. */
  sha256: text().$type<Sha256>(),
  etag: text(),
  publishedAt: integer("published_at"),
});
