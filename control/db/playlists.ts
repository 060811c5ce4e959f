import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { PlaylistOrder } from "../../contracts/plan.ts";
import { stations } from "./stations.ts";

export const playlists = sqliteTable(
  "playlists",
  {
    id: text().primaryKey(),
    station: text()
      .$type<StationSlug>()
      .notNull()
      .references(() => stations.slug),
    name: text().notNull(),
    order: text().$type<PlaylistOrder>().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("playlists_station").on(table.station, table.name, table.id)],
);

/** What is on a playlist, in its order. A file may stand there that is not, or not any more, allowed on air. */
export const playlistEntries = sqliteTable(
  "playlist_entries",
  {
    playlist: text()
      .notNull()
      .references(() => playlists.id),
    position: integer().notNull(),
    media: text().$type<MediaId>().notNull(),
    weight: real().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.playlist, table.position] }),
    index("playlist_entries_media").on(table.media),
  ],
);
