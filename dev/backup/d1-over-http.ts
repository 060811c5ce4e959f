import { z } from "zod";
import type { Bound, D1, Row, Value } from "./account.ts";
import { limitMs, persistently, RemoteRefusal } from "./persistence.ts";

export type D1Settings = { api: string; account: string; database: string; token: string };

const Answer = z.object({
  success: z.literal(true),
  result: z.array(z.object({ results: z.array(z.record(z.string(), z.unknown())).default([]) })),
});
const Databases = z.object({ result: z.array(z.object({ uuid: z.string(), name: z.string() })) });

type Prepared = Bound & { sql: string; values: readonly Value[]; bind(...values: Value[]): Prepared };

/**
 * A D1 database behind Cloudflare's API (`POST .../d1/database/{id}/query`), which takes several statements at once as one
 * transaction. Single statements are tried again, so they must be fit to run twice; a batch is not.
 */
export function d1OverHttp(settings: D1Settings): D1 {
  const { api, account, database, token } = settings;
  const url = `${api}/accounts/${account}/d1/database/${database}/query`;

  async function query(sql: string, params: readonly Value[]): Promise<Row[]> {
    const answer = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ sql, params }),
      signal: AbortSignal.timeout(limitMs(0)),
    });
    const text = await answer.text();
    if (!answer.ok) throw new RemoteRefusal("D1", answer.status, text);
    const { result } = Answer.parse(JSON.parse(text));
    return (result.at(-1)?.results ?? []) as Row[];
  }

  const statement = (sql: string, values: readonly Value[]): Prepared => ({
    sql,
    values,
    bind: (...given) => statement(sql, given),
    all: async <R>() => ({ results: (await persistently(() => query(sql, values))) as R[] }),
  });
  return {
    prepare: (sql) => statement(sql, []),
    batch: async (statements: readonly Prepared[]) => {
      const sql = statements.map((one) => one.sql.replace(/;\s*$/, "")).join(";\n");
      return query(
        sql,
        statements.flatMap(({ values }) => values),
      );
    },
  };
}

/** The id of the database with this name; throws when the account has none, or the token may not see it. */
export async function findDatabase(api: string, account: string, name: string, token: string): Promise<string> {
  const text = await persistently(async () => {
    const answer = await fetch(`${api}/accounts/${account}/d1/database?name=${encodeURIComponent(name)}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(limitMs(0)),
    });
    const body = await answer.text();
    if (!answer.ok) throw new RemoteRefusal("looking for the database", answer.status, body);
    return body;
  });
  const found = Databases.parse(JSON.parse(text)).result.find((database) => database.name === name);
  if (!found) throw new Error(`the account has no D1 database ${name}`);
  return found.uuid;
}
