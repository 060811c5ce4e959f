import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { OriginId, Sha256 } from "../../contracts/names.ts";

export const TOKEN_KINDS = ["admin", "enrolment", "origin", "metrics"] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Bearer tokens, by their hash alone. */
export const tokens = sqliteTable(
  "tokens",
  {
    id: text().primaryKey(),
    kind: text().$type<TokenKind>().notNull(),
    name: text().notNull(),
    sha256: text().$type<Sha256>().notNull(),
    /** Whose it is, of kind `origin`. */
    origin: text().$type<OriginId>(),
    createdAt: integer("created_at").notNull(),
    revokedAt: integer("revoked_at"),
  },
  (table) => [uniqueIndex("tokens_sha256").on(table.sha256)],
);
