import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { unstable_splitSqlQuery } from "wrangler";
import { LAST_RELEASE } from "../test/harness/releases.ts";
import type { D1 } from "./backup/account.ts";
import { sqliteD1 } from "./backup/test-account.ts";
import { fillTables, rowsOf, tablesOf } from "./fixtures/fill-tables.ts";
import { applyMigrations } from "./migrations.ts";
import { ROOT } from "./settings.ts";

const FOLDER = join(ROOT, "migrations");
const ALL = globSync("*.sql", { cwd: FOLDER })
  .map((file) => basename(file))
  .toSorted();
const RELEASED: string[] = JSON.parse(
  readFileSync(join(ROOT, "test/releases", LAST_RELEASE, "migrations.json"), "utf8"),
);

/** A database as it was after these migrations; answers what applies the rest. */
async function databaseAfter(migrations: readonly string[]): Promise<{ database: D1; migrate(): Promise<string[]> }> {
  const database = sqliteD1(new DatabaseSync(":memory:"));
  await applyMigrations(database, FOLDER, unstable_splitSqlQuery, (name) => migrations.includes(name));
  return { database, migrate: () => applyMigrations(database, FOLDER, unstable_splitSqlQuery) };
}

describe("a database with rows in all tables", () => {
  it.each(ALL.slice(0, -1))("as it was after %s loses none by the migrations that follow", async (last) => {
    const seen = ALL.slice(0, ALL.indexOf(last) + 1);
    const { database, migrate } = await databaseAfter(seen);
    const tables = await tablesOf(database);
    await fillTables(database, tables);
    const before = await rowsOf(database, tables);
    expect(Object.values(before).every((rows) => rows.length === 3)).toBe(true);
    expect(await migrate()).toEqual(ALL.slice(seen.length));
    expect(await rowsOf(database, tables)).toEqual(before);
    expect((await database.prepare("PRAGMA foreign_key_check").all()).results).toEqual([]);
  });
});

describe(`release ${LAST_RELEASE}, rolled back to over the present tables`, () => {
  it("still writes and reads all that it knows of", async () => {
    const { database, migrate } = await databaseAfter(RELEASED);
    const known = await tablesOf(database);
    await migrate();
    await fillTables(database, known);
    for (const [table, rows] of Object.entries(await rowsOf(database, known)))
      expect([table, rows.length]).toEqual([table, 3]);
  });
});
