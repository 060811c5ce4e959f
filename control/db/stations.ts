import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Delivery } from "../../contracts/delivery.ts";
import type { LivePolicy } from "../../contracts/fleet.ts";
import type { OriginId, StationSlug } from "../../contracts/names.ts";

/** A deleted station keeps its row: should its slug return, the generation must go on rising. */
export const stations = sqliteTable("stations", {
  slug: text().$type<StationSlug>().primaryKey(),
  name: text().notNull(),
  framesPerSegment: integer("frames_per_segment").notNull(),
  livePolicy: text("live_policy").$type<LivePolicy>().notNull(),
  liveAllowed: integer("live_allowed", { mode: "boolean" }).notNull(),
  feedSecret: text("feed_secret").notNull(),
  studio: text().$type<OriginId>(),
  /** The process of the studio: when it restarts, its frames differ and the generation rises. */
  studioInstance: text("studio_instance"),
  generation: integer().notNull().default(0),
  /** Newest generation that any origin said it had worked under. */
  generationFloor: integer("generation_floor").notNull().default(0),
  createdAt: integer("created_at").notNull(),
  deletedAt: integer("deleted_at"),
  /** After so long a silence a host is taken off the air until heard again; 0: never. */
  liveSilenceSeconds: integer("live_silence_seconds").notNull().default(15),
  /** Since when nothing of the deleted station is left in R2; null before. */
  clearedAt: integer("cleared_at"),
  delivery: text().$type<Delivery>().notNull().default("edge"),
  /** Until when (Unix ms) the bucket's playlists are kept up, since players hold them; null where there were none. */
  listedUntil: integer("listed_until"),
});
