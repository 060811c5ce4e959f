import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import * as schema from "./schema.ts";

export type Database = DrizzleD1Database<typeof schema>;

/**
 * D1 has no interactive transactions: what must hold together is a conditional UPDATE … RETURNING, or a batch, which
 * is one SQL transaction.
 */
export function openDatabase(binding: D1Database): Database {
  return drizzle(binding, { schema });
}
