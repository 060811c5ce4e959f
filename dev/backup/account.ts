import type { ObjectStore } from "./bucket.ts";

/** What a row holds: no table of ours has blobs. */
export type Value = string | number | null;
export type Row = Record<string, Value>;

export type Bound = { all<R>(): Promise<{ results: R[] }> };

/** The part of a D1 database that backups need: Miniflare's has it, and `d1-over-http.ts` gives it to a remote one. */
export type D1 = {
  prepare(sql: string): Bound & { bind(...values: Value[]): Bound };
  /** All of the statements in one transaction. */
  batch(statements: never[]): Promise<unknown>;
};

/** What is backed up and restored: the database and the bucket of one installation, wherever it is. */
export type Account = {
  /** As people are told of it. */
  name: string;
  database: D1;
  bucket: ObjectStore;
  close(): Promise<void>;
};

export async function rowsOf<R = Row>(database: D1, sql: string): Promise<R[]> {
  return (await database.prepare(sql).all<R>()).results;
}

export async function inOneBatch(database: D1, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await database.batch(statements.map((sql) => database.prepare(sql)) as never[]);
}
