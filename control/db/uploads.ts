import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MediaId, MediaKind } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import { stations } from "./stations.ts";

/** Files on their way in; each becomes the file of the library that has its id. */
export const uploads = sqliteTable(
  "uploads",
  {
    id: text().$type<MediaId>().primaryKey(),
    station: text()
      .$type<StationSlug>()
      .notNull()
      .references(() => stations.slug),
    fileName: text("file_name").notNull(),
    contentType: text("content_type").notNull(),
    bytes: integer().notNull(),
    kind: text().$type<MediaKind>().notNull(),
    /** What R2 calls the multipart upload; null for a file that comes in one piece. */
    multipart: text(),
    /** Being put together: it cannot be given up now. */
    isClosing: integer("is_closing", { mode: "boolean" }).notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When something last happened to it. */
    touchedAt: integer("touched_at").notNull(),
  },
  (table) => [
    index("uploads_station").on(table.station, table.createdAt, table.id),
    index("uploads_touched").on(table.touchedAt),
  ],
);
