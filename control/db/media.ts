import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MediaId, MediaKind, MediaState, Preparation } from "../../contracts/media.ts";
import type { Sha256, StationSlug } from "../../contracts/names.ts";
import { stations } from "./stations.ts";

/** `withdrawn`: it was public once, so what made it so may have to be taken away again. */
export const DISTRIBUTIONS = ["private", "public", "withdrawn"] as const;
export type Distribution = (typeof DISTRIBUTIONS)[number];

/** The files of the stations' libraries. What was deleted stays for a while, so that it can be restored. */
export const media = sqliteTable(
  "media",
  {
    id: text().$type<MediaId>().primaryKey(),
    station: text()
      .$type<StationSlug>()
      .notNull()
      .references(() => stations.slug),
    state: text().$type<MediaState>().notNull(),
    kind: text().$type<MediaKind>().notNull(),
    fileName: text("file_name").notNull(),
    contentType: text("content_type").notNull(),
    bytes: integer().notNull(),
    /** Of the original. */
    sha256: text().$type<Sha256>().notNull(),
    title: text().notNull(),
    artist: text().notNull(),
    album: text().notNull(),
    isrc: text().notNull(),
    year: integer(),
    tags: text({ mode: "json" }).$type<string[]>().notNull(),
    /** Title, artist, album, tags and file name as they are searched; see media/search-text.ts. */
    searchText: text("search_text").notNull(),
    /** Null until it has been prepared. The hashes stand beside it for those who ask who else needs an object. */
    preparation: text({ mode: "json" }).$type<Omit<Preparation, "metadata" | "peaks">>(),
    preparedSha256: text("prepared_sha256").$type<Sha256>(),
    coverSha256: text("cover_sha256").$type<Sha256>(),
    peaks: text({ mode: "json" }).$type<number[]>(),
    /** Who decided last about its going on air, when and why. */
    reviewedBy: text("reviewed_by"),
    reviewedAt: integer("reviewed_at"),
    reason: text(),
    distribution: text().$type<Distribution>().notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** Rises with each change: what was decided upon an older one is void. */
    revision: integer().notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [
    index("media_created").on(table.station, table.createdAt, table.id),
    index("media_state").on(table.station, table.state, table.createdAt, table.id),
    index("media_sha256").on(table.station, table.sha256),
    index("media_prepared").on(table.station, table.preparedSha256),
    index("media_cover").on(table.station, table.coverSha256),
    index("media_deleted").on(table.deletedAt),
    index("media_updated").on(table.distribution, table.updatedAt),
    index("media_changed").on(table.station, table.updatedAt),
  ],
);
