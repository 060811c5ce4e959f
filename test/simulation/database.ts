import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Database, openDatabase } from "../../control/db/database.ts";

const MIGRATIONS = join(import.meta.dirname, "../../migrations");

/** D1 by SQLite in memory, with the tables that the migrations make: what control asks of it is decided for real. */
export class SimulatedDatabase {
  readonly db: Database;
  /** While set, every call fails. */
  away = false;
  readonly #sqlite = new DatabaseSync(":memory:");

  constructor() {
    for (const file of globSync("*.sql", { cwd: MIGRATIONS }).toSorted()) {
      this.#sqlite.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
    }
    const binding = {
      prepare: (sql: string) => this.#statement(sql, []),
      batch: async (statements: readonly Statement[]) => this.#transaction(statements),
    };
    // Of D1Database, drizzle uses these two alone.
    this.db = openDatabase(binding as unknown as D1Database);
  }

  /** How many incidents of a kind there are. */
  incidents(kind: string): number {
    const row = this.#sqlite.prepare("select count(*) as count from incidents where kind = ?").get(kind);
    return Number(row?.count ?? 0);
  }

  /** All incidents, in their order: what an operator would read. */
  story(): { at: number; line: string }[] {
    const rows = this.#sqlite.prepare("select at, kind, origin, message from incidents order by at, id").all();
    return rows.map(({ at, kind, origin, message }) => ({
      at: Number(at),
      line: [kind, origin, message].filter(Boolean).join(" "),
    }));
  }

  close(): void {
    this.#sqlite.close();
  }

  #statement(sql: string, params: SQLInputValue[]): Statement {
    return {
      bind: (...bound) => this.#statement(sql, bound),
      all: async () => this.#all(sql, params),
      run: async () => this.#all(sql, params),
      raw: async () => this.#all(sql, params).results.map((row) => Object.values(row)),
      now: () => this.#all(sql, params),
    };
  }

  #all(sql: string, params: SQLInputValue[]): Rows {
    if (this.away) throw new Error("D1 is away");
    return { success: true, results: this.#sqlite.prepare(sql).all(...params) };
  }

  #transaction(statements: readonly Statement[]): Rows[] {
    if (this.away) throw new Error("D1 is away");
    this.#sqlite.exec("begin");
    try {
      const rows = statements.map((statement) => statement.now());
      this.#sqlite.exec("commit");
      return rows;
    } catch (thrown) {
      this.#sqlite.exec("rollback");
      throw thrown;
    }
  }
}

type Rows = { success: true; results: Record<string, unknown>[] };
type Statement = {
  bind(...params: SQLInputValue[]): Statement;
  all(): Promise<Rows>;
  run(): Promise<Rows>;
  raw(): Promise<unknown[][]>;
  now(): Rows;
};
