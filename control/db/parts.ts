import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The parts of multipart uploads that R2 has: it does not list them to Workers. */
export const parts = sqliteTable(
  "parts",
  {
    /** Id of the upload or of the job. */
    owner: text().notNull(),
    number: integer().notNull(),
    etag: text().notNull(),
    bytes: integer().notNull(),
    receivedAt: integer("received_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.number] })],
);
