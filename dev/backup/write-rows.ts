import { z } from "zod";
import type { D1 } from "./account.ts";

/** D1 takes a hundred values and two megabytes a statement: so all rows of one go as one value, in JSON. */
const MAX_CHARACTERS = 500_000;
const MAX_ROWS = 500;

const Line = z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.union([z.string(), z.number(), z.null()]));

/**
 * Writes rows, a JSON object a line, into a table. All of them have the columns of the first. A row that is there already
 * stays, for a call whose answer was lost is made again.
 */
export async function writeRows(database: D1, table: string, lines: AsyncIterable<string>): Promise<void> {
  let sql: string | null = null;
  let waiting: string[] = [];
  let characters = 0;
  const write = async () => {
    if (sql === null || waiting.length === 0) return;
    await database
      .prepare(sql)
      .bind(`[${waiting.join(",")}]`)
      .all();
    waiting = [];
    characters = 0;
  };
  for await (const line of lines) {
    const row = Line.parse(JSON.parse(line));
    sql ??= insertOf(table, Object.keys(row));
    if (waiting.length >= MAX_ROWS || characters + line.length > MAX_CHARACTERS) await write();
    waiting.push(line);
    characters += line.length;
  }
  await write();
}

function insertOf(table: string, columns: readonly string[]): string {
  const names = columns.map((name) => `"${name}"`).join(", ");
  const values = columns.map((name) => `json_extract(value, '$.${name}')`).join(", ");
  return `INSERT INTO "${table}" (${names}) SELECT ${values} FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`;
}
