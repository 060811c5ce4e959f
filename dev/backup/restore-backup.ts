import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { applyMigrations } from "../migrations.ts";
import { type Account, inOneBatch, rowsOf } from "./account.ts";
import { inParallel } from "./in-parallel.ts";
import { tableFile } from "./manifest.ts";
import { persistently } from "./persistence.ts";
import { linesOf, type ProvenBackup } from "./prove-backup.ts";
import { tablesOf } from "./read-tables.ts";
import { writeRows } from "./write-rows.ts";

/** Lies in the bucket from the first thing that a restore writes until the last, and names the backup. */
const MARK_KEY = "restore/unfinished";
const AT_ONCE = 4;
/** What an installation writes by itself before anybody has used it. */
const OF_ITSELF = new Set(["publications", "cursors", "incidents"]);
/** Whatever names other objects comes after them. */
const NAMING = /^(?:plan|routing)\//;

/** Control publishes all of it again, under numbers above the versions that were. */
const PUBLISH_ANEW = [
  "UPDATE plans SET revision = revision + 1, sha256 = NULL, etag = NULL, trying_since = NULL, failure = NULL",
  "UPDATE publications SET sha256 = NULL, etag = NULL",
];

export type Migrations = { folder: string; split(sql: string): string[] };
export type Restored = { copied: number; rows: number; migrated: string[]; resumed: boolean };

/**
 * Brings a backup back into an account that is empty; into another one only by force, which gives up its database and
 * leaves those of its objects that the backup has none of. The objects first, then the rows that name them. The tables are
 * made as they were when the backup was, filled, and migrated on. One that was interrupted goes on where it was.
 */
export async function restoreBackup(
  account: Account,
  backup: ProvenBackup,
  migrations: Migrations,
  force = false,
): Promise<Restored> {
  const { manifest } = backup;
  await requireKnown(manifest.migrations, migrations.folder);
  const mark = await account.bucket.readText(MARK_KEY);
  const resumed = mark === backup.sha256;
  if (!resumed && !force) await requireEmpty(account, mark);
  await account.bucket.writeText(MARK_KEY, backup.sha256);

  const copied = await putObjects(account, backup);
  await dropTables(account);
  const until = new Set(manifest.migrations);
  await applyMigrations(account.database, migrations.folder, migrations.split, (name) => until.has(name));
  for (const part of manifest.tables) await fillTable(account, backup, part);
  const migrated = await applyMigrations(account.database, migrations.folder, migrations.split);
  await inOneBatch(account.database, PUBLISH_ANEW);
  await account.bucket.delete(MARK_KEY);
  return { copied, rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0), migrated, resumed };
}

async function requireKnown(applied: readonly string[], folder: string): Promise<void> {
  const known = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const stranger = applied.find((name, index) => name !== known[index]);
  if (stranger !== undefined) {
    throw new Error(`this backup is of a newer or another Radio Dream: ${stranger} is not known here in its place`);
  }
}

async function requireEmpty({ name, database, bucket }: Account, mark: string | null): Promise<void> {
  const otherwise = "restore into an empty account, or give up what is there with --force";
  if (mark !== null) throw new Error(`another backup was half restored into ${name}: finish that one; or ${otherwise}`);
  for (const table of await tablesOf(database)) {
    if (OF_ITSELF.has(table)) continue;
    const rows = await rowsOf(database, `SELECT 1 FROM "${table}" LIMIT 1`);
    if (rows.length > 0) throw new Error(`the database of ${name} has ${table} already: ${otherwise}`);
  }
  for await (const { key } of bucket.list("media/")) {
    throw new Error(`the bucket of ${name} has ${key} already: ${otherwise}`);
  }
}

/** Puts what is not there yet. Answers how many objects it put. */
async function putObjects({ bucket }: Account, { objects }: ProvenBackup): Promise<number> {
  const present = new Set<string>();
  const prefixes = new Set(objects.map(({ key }) => key.slice(0, key.indexOf("/") + 1)));
  for (const prefix of prefixes) {
    for await (const { key, bytes, etag } of bucket.list(prefix)) present.add(`${etag} ${bytes} ${key}`);
  }
  const due = objects.filter(({ key, bytes, md5 }) => !present.has(`${md5} ${bytes} ${key}`));
  const put = async ({ key, file, bytes, sha256, headers }: (typeof due)[number]) =>
    persistently(() => bucket.put(key, file, bytes, sha256, headers));
  await inParallel(
    AT_ONCE,
    due.filter(({ key }) => !NAMING.test(key)),
    put,
  );
  await inParallel(
    AT_ONCE,
    due.filter(({ key }) => NAMING.test(key)),
    put,
  );
  return due.length;
}

async function dropTables({ database }: Account): Promise<void> {
  const tables = [...(await tablesOf(database)).reverse(), "d1_migrations"];
  await inOneBatch(
    database,
    tables.map((table) => `DROP TABLE IF EXISTS "${table}"`),
  );
}

async function fillTable(
  { database }: Account,
  { folder }: ProvenBackup,
  { table, rows }: ProvenBackup["manifest"]["tables"][number],
): Promise<void> {
  await writeRows(database, table, linesOf(join(folder, tableFile(table))));
  const [found] = await rowsOf<{ rows: number }>(database, `SELECT count(*) AS rows FROM "${table}"`);
  if (found?.rows !== rows) throw new Error(`${table} has ${found?.rows} rows in place of ${rows}`);
}
