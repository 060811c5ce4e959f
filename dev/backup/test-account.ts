import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import { unstable_splitSqlQuery } from "wrangler";
import { applyMigrations } from "../migrations.ts";
import { ROOT } from "../settings.ts";
import type { Account, Bound, D1, Row, Value } from "./account.ts";
import type { ObjectHeaders, ObjectStore } from "./bucket.ts";

/** An account in memory: SQLite as Node has it, and a map for the bucket. */

export const MIGRATIONS = { folder: join(ROOT, "migrations"), split: unstable_splitSqlQuery };

type Put = { content: Buffer; headers: ObjectHeaders };
export type TestAccount = Account & { objects: Map<string, Put>; run(sql: string): void };
type Prepared = Bound & { run(): Row[]; bind(...values: Value[]): Prepared };

export function createTestAccount(): TestAccount {
  const sqlite = new DatabaseSync(":memory:");
  const objects = new Map<string, Put>();
  return {
    name: "test",
    database: sqliteD1(sqlite),
    bucket: mapBucket(objects),
    objects,
    run: (sql) => sqlite.exec(sql),
    close: async () => sqlite.close(),
  };
}

export function sqliteD1(sqlite: DatabaseSync): D1 {
  const statement = (sql: string, values: Value[]): Prepared => {
    const run = () => sqlite.prepare(sql).all(...values) as Row[];
    return { run, bind: (...given) => statement(sql, given), all: async <R>() => ({ results: run() as R[] }) };
  };
  return {
    prepare: (sql) => statement(sql, []),
    batch: async (statements: readonly Prepared[]) => {
      sqlite.exec("BEGIN");
      try {
        for (const one of statements) one.run();
        sqlite.exec("COMMIT");
      } catch (thrown) {
        sqlite.exec("ROLLBACK");
        throw thrown;
      }
    },
  };
}

function mapBucket(objects: Map<string, Put>): ObjectStore {
  const etagOf = (content: Buffer) => createHash("md5").update(content).digest("hex");
  return {
    async *list(prefix) {
      for (const [key, { content }] of [...objects].sort()) {
        if (key.startsWith(prefix)) yield { key, bytes: content.length, etag: etagOf(content) };
      }
    },
    get: async (key) => {
      const found = objects.get(key);
      if (!found) return null;
      const { content, headers } = found;
      return { body: new Blob([new Uint8Array(content)]).stream(), etag: etagOf(content), headers };
    },
    put: async (key, file, _bytes, _sha256, headers) => {
      objects.set(key, { content: readFileSync(file), headers });
    },
    readText: async (key) => objects.get(key)?.content.toString() ?? null,
    writeText: async (key, text) => void objects.set(key, { content: Buffer.from(text), headers: {} }),
    delete: async (key) => void objects.delete(key),
  };
}

export const sha256Of = (content: string) => createHash("sha256").update(content).digest("hex");

const SONG = "0f5e0c1e-0000-4000-8000-000000000001";

/** What a station leaves behind, as far as a backup must not lose it; with the tables as they were after `until`. */
export async function fill(account: Account, until = "9999"): Promise<void> {
  await applyMigrations(account.database, MIGRATIONS.folder, MIGRATIONS.split, (name) => name <= until);
  const write = (sql: string) => account.database.prepare(sql).all();
  await write(
    `INSERT INTO stations (slug, name, frames_per_segment, live_policy, live_allowed, feed_secret, generation, created_at)
     VALUES ('demo', 'It''s "Ünïcode"', 150, 'auto', 1, 'feed-secret', 7, 1795380546627)`,
  );
  await write("INSERT INTO renditions VALUES ('demo', 'aac-48k', 0), ('demo', 'aac-128k', 1)");
  await write(`INSERT INTO stream_keys VALUES ('key-1', 'demo', 'Ada', '${sha256Of("key")}', 1)`);
  await write(`INSERT INTO tokens VALUES ('token-1', 'admin', 'Ada', '${sha256Of("token")}', NULL, 1, NULL)`);
  await write("INSERT INTO publications VALUES (1, 41, 'hash', 'etag', 5)");
  await write("INSERT INTO cursors VALUES ('incidents', 5)");
  await write(
    "INSERT INTO incidents (rowid, id, at, kind, actor, message) VALUES (2, 'b', 2, 'k', 'a', 'm'), (5, 'a', 1, 'k', 'a', 'm')",
  );
  const put = (key: string, content: string, headers: ObjectHeaders = {}) => putText(account, key, content, headers);
  await put("routing/current.json", '{"version":41}', {
    "content-type": "application/json",
    "x-amz-meta-version": "41",
  });
  await put(`media/demo/prepared/${sha256Of("flac")}.flac`, "flac");
  await put("live/demo/origin-1/index.json", "not kept");
  await put(`media/demo/${SONG}/original`, "song", { "content-disposition": 'attachment; filename="a song.mp3"' });
  if (until < "0007") return;
  await write(
    "INSERT INTO plans (station, version, revision, seen, sha256, etag, built_at, published_at) VALUES ('demo', 3, 9, 9, 'hash', 'etag', 1, 1)",
  );
  await write(
    `INSERT INTO media (id, station, state, kind, file_name, content_type, bytes, sha256, title, artist, album, isrc, tags, search_text, distribution, created_by, created_at, updated_at, revision)
     VALUES ('${SONG}', 'demo', 'approved', 'music', 'a.mp3', 'audio/mpeg', 4, '${sha256Of("song")}', 'T', 'A', '', '', '[]', 't a', 'private', 'ada', 1, 1, 1)`,
  );
}

export async function putText(account: Account, key: string, text: string, headers: ObjectHeaders = {}): Promise<void> {
  const file = join(temporaryFolder(), "content");
  writeFileSync(file, text);
  await account.bucket.put(key, file, text.length, sha256Of(text), headers);
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "backup-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
