import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Sha256, StationSlug } from "../../contracts/names.ts";
import { stations } from "./stations.ts";

/** Which plan of a station stands in R2, and whether it may be out of date. */
export const plans = sqliteTable("plans", {
  station: text()
    .$type<StationSlug>()
    .primaryKey()
    .references(() => stations.slug),
  /** Highest version ever given out. */
  version: integer().notNull(),
  /** Rises whenever something that is planned by was changed; `seen` is what it was when the plan was last built. */
  revision: integer().notNull(),
  seen: integer().notNull(),
  /** Of what the plan was made of, and of the object in R2; null until a put has succeeded. */
  sha256: text().$type<Sha256>(),
  etag: text(),
  builtAt: integer("built_at"),
  publishedAt: integer("published_at"),
  /** Since when it has been tried to publish it, in vain so far; null when there is nothing to be done. */
  tryingSince: integer("trying_since"),
  /** Why the first of these tries failed; null where none has said so. */
  failure: text(),
});
