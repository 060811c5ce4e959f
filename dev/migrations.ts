import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The part of a D1 database that migrations need; a real one and Miniflare's both have it. */
export type Database = {
  prepare(sql: string): { bind(...values: unknown[]): Statement; all<Row>(): Promise<{ results: Row[] }> };
  batch(statements: never[]): Promise<unknown>;
};
type Statement = object;

/** Table in which `wrangler d1 migrations apply` remembers what it has applied, so that either may go on after the other. */
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/**
 * Applies the `*.sql` files of a folder that the database has not seen, or those of them that are wanted, in the order of
 * their names; each in one transaction with its own bookkeeping. Answers the names it applied.
 */
export async function applyMigrations(
  database: Database,
  folder: string,
  split: (sql: string) => string[],
  isWanted: (name: string) => boolean = () => true,
): Promise<string[]> {
  await database.prepare(BOOKKEEPING).all();
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const seen = new Set(results.map(({ name }) => name));
  const isDue = (name: string) => name.endsWith(".sql") && !seen.has(name) && isWanted(name);
  const due = (await readdir(folder)).filter(isDue).sort();
  for (const name of due) {
    const statements = split(await readFile(join(folder, name), "utf8")).map((sql) => database.prepare(sql));
    const noted = database.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name);
    await database.batch([...statements, noted] as never[]);
  }
  return due;
}
