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
});
