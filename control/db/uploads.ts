import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MediaId, MediaKind } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import { stations } from "./stations.ts";

/** What is being put together is not given up, and what was given up is not put together. */
export const UPLOAD_PHASES = ["open", "closing", "given-up"] as const;
export type UploadPhase = (typeof UPLOAD_PHASES)[number];

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
    phase: text().$type<UploadPhase>().notNull(),
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
