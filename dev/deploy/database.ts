import { unstable_splitSqlQuery } from "wrangler";
import { z } from "zod";
import { applyMigrations } from "../migrations.ts";
import type { Location } from "./buckets.ts";
import type { Cloudflare } from "./cloudflare.ts";
import type { Outcome } from "./outcome.ts";

const PERMISSION = "D1: Edit";
const Made = z.object({ uuid: z.uuid(), name: z.string() });
const Results = z.array(z.object({ results: z.array(z.unknown()).default([]) }));

type Statement = { sql: string; params: unknown[] };
type Prepared = Statement & { bind(...values: unknown[]): Prepared; all<Row>(): Promise<{ results: Row[] }> };
export type RemoteDatabase = {
  prepare(sql: string): Prepared;
  batch(statements: readonly Statement[]): Promise<unknown>;
};

/** Sees to it that the D1 database is there, and answers its id. */
export async function ensureDatabase(
  cloudflare: Cloudflare,
  name: string,
  location?: Location,
): Promise<Outcome & { id: string }> {
  const found = await findDatabase(cloudflare, name);
  if (found !== null) return { id: found, changed: false, said: `D1 database ${name} is there.` };
  const body = { name, ...(location === undefined ? {} : { primary_location_hint: location }) };
  const made = await cloudflare.ofAccount("/d1/database", Made, { method: "POST", body, permission: PERMISSION });
  return { id: made.uuid, changed: true, said: `D1 database ${name} made.` };
}

/** Its id; null when the account has none of this name. */
export async function findDatabase(cloudflare: Cloudflare, name: string): Promise<string | null> {
  const query = `/d1/database?name=${encodeURIComponent(name)}`;
  const listed = await cloudflare.ofAccount(query, z.array(Made), { permission: PERMISSION });
  // The API looks for names that begin so.
  return listed.find((database) => database.name === name)?.uuid ?? null;
}

/** Applies the migrations that the database has not seen, each in one transaction with its own bookkeeping. */
export async function migrate(cloudflare: Cloudflare, id: string, folder: string): Promise<Outcome> {
  const applied = await applyMigrations(remoteDatabase(cloudflare, id), folder, unstable_splitSqlQuery);
  if (applied.length === 0) return { changed: false, said: "Its tables are up to date." };
  return { changed: true, said: `Its tables brought up to date: ${applied.join(", ")}.` };
}

/** A database over Cloudflare's API, of which several statements at once are one transaction. */
export function remoteDatabase(cloudflare: Cloudflare, id: string): RemoteDatabase {
  const query = (body: object) =>
    cloudflare.ofAccount(`/d1/database/${id}/query`, Results, { method: "POST", body, permission: PERMISSION });
  const statement = (sql: string, params: unknown[]): Prepared => ({
    sql,
    params,
    bind: (...values) => statement(sql, values),
    all: async <Row>() => ({ results: ((await query({ sql, params })).at(-1)?.results ?? []) as Row[] }),
  });
  return {
    prepare: (sql) => statement(sql, []),
    batch: (statements: readonly Statement[]) =>
      query({ batch: statements.map(({ sql, params }) => ({ sql, params })) }),
  };
}
