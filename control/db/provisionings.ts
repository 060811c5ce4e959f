import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OriginId } from "../../contracts/names.ts";

/** The last recreation of each node, which is also its lease: no other begins before `heldUntil`. */
export const provisionings = sqliteTable("provisionings", {
  origin: text().$type<OriginId>().primaryKey(),
  /** Made anew for each recreation: only its holder may end it. */
  lease: text().notNull(),
  startedAt: integer("started_at").notNull(),
  heldUntil: integer("held_until").notNull(),
  finishedAt: integer("finished_at"),
  /** What came of it: null while under way. */
  outcome: text(),
});
