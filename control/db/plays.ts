import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Source } from "../../contracts/source.ts";
import { stations } from "./stations.ts";

/** What was heard, each playing once. A row is never changed: a playing ends where the next one begins. */
export const plays = sqliteTable(
  "plays",
  {
    station: text()
      .$type<StationSlug>()
      .notNull()
      .references(() => stations.slug),
    /** First frame in which it was heard. */
    frame: integer().notNull(),
    /** How many it was expected to last; null where nobody knew. */
    frames: integer(),
    source: text().$type<Source>().notNull(),
    title: text().notNull(),
    artist: text().notNull(),
    /** Of the file as it was described then; empty for what came from elsewhere. */
    album: text().notNull(),
    isrc: text().notNull(),
    host: text(),
    media: text().$type<MediaId>(),
  },
  (table) => [primaryKey({ columns: [table.station, table.frame] }), index("plays_frame").on(table.frame)],
);
