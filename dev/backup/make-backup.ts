import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { coverKey, originalKey, preparedKey } from "../../contracts/media.ts";
import { type Account, rowsOf } from "./account.ts";
import { copyObjects } from "./copy-objects.ts";
import { FORMAT, MANIFEST_FILE, Manifest, OBJECTS_FILE, tableFile } from "./manifest.ts";
import { linesOf } from "./prove-backup.ts";
import { readTables } from "./read-tables.ts";

const UNFINISHED = "unfinished";

export type BackupMade = { folder: string; manifest: Manifest; copied: number; damaged: string[] };

/**
 * Backs an account up into a folder of its own below `to`, which has the time's name and appears when it is whole; the
 * content of objects lies beside it, for all backups together. One that is interrupted goes on where it was.
 */
export async function makeBackup(
  account: Account,
  to: string,
  made: { version: string; at: number },
): Promise<BackupMade> {
  const folder = join(to, UNFINISHED);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const migrations = await appliedMigrations(account);
  // The tables first: what they name is in the bucket already, and stays there for some time when it is deleted.
  const tables = await readTables(account.database, folder);
  if ((await appliedMigrations(account)).length !== migrations.length) {
    throw new Error("the database was migrated meanwhile: begin anew");
  }
  const hasLibrary = tables.some(({ table }) => table === "media");
  const named = hasLibrary ? await objectsOfLibrary(join(folder, tableFile("media"))) : new Map<string, string>();
  const { objects, copied, damaged } = await copyObjects(account.bucket, to, named);
  const lines = objects.map((object) => `${JSON.stringify(object)}\n`).join("");
  await writeSynced(join(folder, OBJECTS_FILE), lines);
  const manifest = Manifest.parse({
    format: FORMAT,
    version: made.version,
    createdAt: made.at,
    from: account.name,
    migrations,
    tables,
    objects: {
      count: objects.length,
      bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
      sha256: createHash("sha256").update(lines).digest("hex"),
    },
  } satisfies Manifest);
  await writeSynced(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  const whole = join(to, new Date(made.at).toISOString().replaceAll(":", "-"));
  await rename(folder, whole);
  return { folder: whole, manifest, copied, damaged };
}

async function appliedMigrations({ database, name }: Account): Promise<string[]> {
  const [table] = await rowsOf(database, "SELECT name FROM sqlite_schema WHERE name = 'd1_migrations'");
  if (!table) throw new Error(`there is nothing to back up: the database of ${name} was never migrated`);
  const rows = await rowsOf<{ name: string }>(database, "SELECT name FROM d1_migrations ORDER BY name");
  return rows.map((row) => row.name);
}

const Hash = z.string().nullable();
const Filed = z.object({
  id: z.string(),
  station: z.string(),
  sha256: z.string(),
  prepared_sha256: Hash,
  cover_sha256: Hash,
  deleted_at: z.number().nullable(),
});

/** What the library says must be in the bucket, by key, and the hash of each. */
async function objectsOfLibrary(file: string): Promise<Map<string, string>> {
  const named = new Map<string, string>();
  for await (const line of linesOf(file)) {
    const { id, station, sha256, prepared_sha256, cover_sha256, deleted_at } = Filed.parse(JSON.parse(line));
    if (deleted_at !== null) continue;
    named.set(originalKey(station, id), sha256);
    if (prepared_sha256 !== null) named.set(preparedKey(station, prepared_sha256), prepared_sha256);
    if (cover_sha256 !== null) named.set(coverKey(station, cover_sha256), cover_sha256);
  }
  return named;
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The version of this Radio Dream. */
export async function readVersion(root: string): Promise<string> {
  return z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")))
    .version;
}
