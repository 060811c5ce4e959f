import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { unstable_splitSqlQuery } from "wrangler";
import { applyMigrations } from "./migrations.ts";

let miniflare: Miniflare;
let folder: string;
let database: Awaited<ReturnType<Miniflare["getD1Database"]>>;
let used = 0;

const DATABASES = ["FIRST", "SECOND", "THIRD"];

beforeAll(async () => {
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: "export default {}",
      cf: false,
      d1Databases: Object.fromEntries(DATABASES.map((name) => [name, name])),
    }),
  );
  await miniflare.ready;
});
afterAll(() => miniflare.dispose());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "migrations-"));
  database = await miniflare.getD1Database(DATABASES[used++] ?? "");
});
afterEach(() => rmSync(folder, { recursive: true }));

const migrate = () => applyMigrations(database, folder, unstable_splitSqlQuery);
const write = (name: string, sql: string) => writeFileSync(join(folder, name), sql);
const rows = async (sql: string) => (await database.prepare(sql).all()).results;

describe("migrations", () => {
  it("are applied once each, in the order of their names", async () => {
    write("0001_more.sql", "INSERT INTO words VALUES ('second');");
    write("0000_first.sql", "CREATE TABLE words (word TEXT);\nINSERT INTO words VALUES ('first');");
    expect(await migrate()).toEqual(["0000_first.sql", "0001_more.sql"]);
    expect(await migrate()).toEqual([]);
    write("0002_later.sql", "INSERT INTO words VALUES ('third');");
    expect(await migrate()).toEqual(["0002_later.sql"]);
    expect(await rows("SELECT word FROM words")).toEqual([{ word: "first" }, { word: "second" }, { word: "third" }]);
  });

  it("leave alone what wrangler has applied", async () => {
    write("0000_first.sql", "CREATE TABLE words (word TEXT);");
    await migrate();
    write("0001_by-wrangler.sql", "this is not SQL");
    await database.prepare("INSERT INTO d1_migrations (name) VALUES ('0001_by-wrangler.sql')").run();
    expect(await migrate()).toEqual([]);
  });

  it("that fail leave neither half of themselves nor a note behind", async () => {
    write("0000_broken.sql", "CREATE TABLE words (word TEXT);\nINSERT INTO nowhere VALUES (1);");
    await expect(migrate()).rejects.toThrow("nowhere");
    expect(await rows("SELECT name FROM d1_migrations")).toEqual([]);
    write("0000_broken.sql", "CREATE TABLE words (word TEXT);");
    expect(await migrate()).toEqual(["0000_broken.sql"]);
  });
});
