import { createHash } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type D1, type Row, rowsOf } from "./account.ts";
import { type TablePart, tableFile } from "./manifest.ts";

/** Rows of one call: those of `media` have some 5 kB each. */
const PAGE_ROWS = 250;
const COLLECTIONS = 12;
/** These grow all the time and nothing refers to them. They are read last, so that no cursor points behind their end. */
const HISTORY = new Set(["plays", "incidents"]);

/**
 * Writes every table to `folder`, a row a line with its rowid, for there are cursors that go by it. What belongs together is
 * read twice, until both readings are the same: then it is what the database held between the two, although it is read
 * piece by piece and nothing is locked. Throws when the database is written to all the time.
 */
export async function readTables(database: D1, folder: string): Promise<TablePart[]> {
  const tables = await tablesOf(database);
  const steady = tables.filter((table) => !HISTORY.has(table));
  const parts = new Map((await readSteady(database, folder, steady)).map((part) => [part.table, part]));
  for (const table of tables.filter((name) => HISTORY.has(name))) {
    parts.set(table, await readTable(database, folder, table));
  }
  return tables.flatMap((table) => parts.get(table) ?? []);
}

/** The tables of the database, each after those it refers to; without the bookkeeping of migrations. */
export async function tablesOf(database: D1): Promise<string[]> {
  const found = await rowsOf<{ name: string }>(
    database,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' AND name <> 'd1_migrations' ORDER BY name",
  );
  const left = new Map<string, Set<string>>();
  for (const { name } of found) {
    const references = await rowsOf<{ table: string }>(database, `PRAGMA foreign_key_list("${name}")`);
    left.set(name, new Set(references.map(({ table }) => table).filter((table) => table !== name)));
  }
  const ordered: string[] = [];
  while (left.size > 0) {
    const ready = [...left].filter(([, references]) => [...references].every((table) => !left.has(table)));
    if (ready.length === 0) throw new Error(`these tables refer to one another: ${[...left.keys()].join(", ")}`);
    for (const [name] of ready) left.delete(name);
    ordered.push(...ready.map(([name]) => name));
  }
  return ordered;
}

async function readSteady(database: D1, folder: string, tables: readonly string[]): Promise<TablePart[]> {
  let before = "";
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    const parts: TablePart[] = [];
    for (const table of tables) parts.push(await readTable(database, folder, table));
    const now = JSON.stringify(parts);
    if (now === before) return parts;
    before = now;
  }
  throw new Error("the database is written to all the time: try again when the station is quieter");
}

async function readTable(database: D1, folder: string, table: string): Promise<TablePart> {
  const path = join(folder, tableFile(table));
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w", 0o600);
  try {
    const hash = createHash("sha256");
    let rows = 0;
    for await (const page of pagesOf(database, table)) {
      const text = page.map((row) => `${JSON.stringify(row)}\n`).join("");
      hash.update(text);
      await file.write(text);
      rows += page.length;
    }
    return { table, rows, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}

async function* pagesOf(database: D1, table: string): AsyncGenerator<Row[]> {
  let behind = -1;
  for (;;) {
    const page = await rowsOf(
      database,
      `SELECT rowid AS rowid, * FROM "${table}" WHERE rowid > ${behind} ORDER BY rowid LIMIT ${PAGE_ROWS}`,
    );
    if (page.length > 0) yield page;
    if (page.length < PAGE_ROWS) return;
    behind = Number(page.at(-1)?.rowid);
  }
}
