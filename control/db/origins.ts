import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OriginState, Role } from "../../contracts/fleet.ts";
import type { OriginId } from "../../contracts/names.ts";

export const origins = sqliteTable("origins", {
  id: text().$type<OriginId>().primaryKey(),
  instance: text().notNull(),
  url: text().notNull(),
  rtmpUrl: text("rtmp_url").notNull(),
  roles: text({ mode: "json" }).$type<Role[]>().notNull(),
  version: text().notNull(),
  state: text().$type<OriginState>().notNull(),
  weight: real().notNull(),
  /** Its present token; whoever was given an older one is out. */
  tokenId: text("token_id").notNull(),
  createdAt: integer("created_at").notNull(),
  registeredAt: integer("registered_at").notNull(),
  /** Since when it is in this state; with the state it names the decision that a further one is made upon. */
  stateSince: integer("state_since").notNull().default(0),
  /** Since when it has been admitted without a break; null when it is not, or was before this was kept. */
  activeSince: integer("active_since"),
  /** How often it was evicted of late, and when last; see health/relapses.ts. */
  evictions: integer().notNull().default(0),
  evictedAt: integer("evicted_at"),
  /** How many tries at bringing it back have failed in a row. */
  tries: integer().notNull().default(0),
  /** Taken out by hand: it stays out until it is readmitted by hand. */
  held: integer({ mode: "boolean" }).notNull().default(false),
  /** Which wire it speaks (contracts/version.ts). */
  wire: integer().notNull().default(1),
  /** Of what it was last made by an upgrade; null: of what nodes are made of otherwise. */
  image: text(),
});
