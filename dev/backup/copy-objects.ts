import { createHash } from "node:crypto";
import { createWriteStream, existsSync, globSync } from "node:fs";
import { appendFile, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ListedObject, ObjectStore, ReadObject } from "./bucket.ts";
import { inParallel } from "./in-parallel.ts";
import { contentFile, KEPT_PREFIXES, StoredObject } from "./manifest.ts";
import { persistently } from "./persistence.ts";

/** What has been copied, a line each: with it the next backup, or the one that was interrupted, need not copy it again. */
const JOURNAL_FILE = "journal.jsonl";
const UNFINISHED = "unfinished-";
const AT_ONCE = 4;
/** The etag of what was put at once; what came in parts has another form. */
const MD5 = /^[0-9a-f]{32}$/;

const NAMED_BY_HASH = /\/([0-9a-f]{64})\.\w+$/;

/** `damaged`: what lies in the bucket with another content than it must have, or not at all, in words. It is copied as it is. */
export type CopyDone = { objects: StoredObject[]; copied: number; damaged: string[] };

/**
 * Copies what is kept of a bucket to `folder`, by hash, so that the same content lies there once however many backups have
 * it. What is there already is left alone. `named` are objects that must be there, by key, and their hashes.
 */
export async function copyObjects(
  bucket: ObjectStore,
  folder: string,
  named: ReadonlyMap<string, string>,
): Promise<CopyDone> {
  const journal = await readJournal(folder);
  const objects: StoredObject[] = [];
  let copied = 0;
  await mkdir(join(folder, "objects"), { recursive: true, mode: 0o700 });
  for (const left of globSync(`${UNFINISHED}*`, { cwd: join(folder, "objects") }))
    await rm(join(folder, "objects", left));
  await inParallel(AT_ONCE, allOf(bucket), async (listed) => {
    const known = journal.get(identityOf(listed));
    if (known && (await isThere(folder, known))) {
      objects.push(known);
      return;
    }
    const stored = await persistently(() => copyOne(bucket, folder, listed));
    if (!stored) return;
    copied += 1;
    objects.push(stored);
    await appendFile(join(folder, JOURNAL_FILE), `${JSON.stringify(stored)}\n`, { mode: 0o600 });
  });
  objects.sort((one, other) => (one.key < other.key ? -1 : 1));
  return { objects, copied, damaged: damageOf(objects, named) };
}

function damageOf(objects: readonly StoredObject[], named: ReadonlyMap<string, string>): string[] {
  const found = new Map(objects.map(({ key, sha256 }) => [key, sha256]));
  const missing = [...named.keys()].filter((key) => !found.has(key)).map((key) => `${key} is not there`);
  const wrong = objects.flatMap(({ key, sha256 }) => {
    const expected = named.get(key) ?? NAMED_BY_HASH.exec(key)?.[1] ?? sha256;
    return expected === sha256 ? [] : [`${key} has the hash ${sha256} in place of ${expected}`];
  });
  return [...missing, ...wrong];
}

async function* allOf(bucket: ObjectStore): AsyncGenerator<ListedObject> {
  for (const prefix of KEPT_PREFIXES) yield* bucket.list(prefix);
}

/** Null when it has been deleted since it was listed. */
async function copyOne(
  bucket: ObjectStore,
  folder: string,
  { key, bytes }: ListedObject,
): Promise<StoredObject | null> {
  const object = await bucket.get(key, bytes);
  if (!object) return null;
  const path = join(folder, "objects", UNFINISHED + crypto.randomUUID());
  try {
    const { size, sha256, md5 } = await save(object, path);
    if (MD5.test(object.etag) && object.etag !== md5) throw new TypeError(`${key} did not arrive as it was sent`);
    const place = join(folder, contentFile(sha256));
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await rename(path, place);
    return { key, bytes: size, etag: object.etag, sha256, headers: object.headers };
  } finally {
    await rm(path, { force: true });
  }
}

async function save({ body }: ReadObject, path: string): Promise<{ size: number; sha256: string; md5: string }> {
  const [sha256, md5] = [createHash("sha256"), createHash("md5")];
  let size = 0;
  const measured = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      sha256.update(chunk);
      md5.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  await pipeline(body, measured, createWriteStream(path, { mode: 0o600, flush: true }));
  return { size, sha256: sha256.digest("hex"), md5: md5.digest("hex") };
}

const identityOf = ({ key, etag, bytes }: ListedObject) => `${etag} ${bytes} ${key}`;

async function readJournal(folder: string): Promise<Map<string, StoredObject>> {
  const path = join(folder, JOURNAL_FILE);
  if (!existsSync(path)) return new Map();
  const lines = (await readFile(path, "utf8")).split("\n");
  return new Map(lines.flatMap((line) => readLine(line)).map((stored) => [identityOf(stored), stored]));
}

/** A line that was cut off is copied again. */
function readLine(line: string): StoredObject[] {
  try {
    return [StoredObject.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}

async function isThere(folder: string, { sha256, bytes }: StoredObject): Promise<boolean> {
  // What cannot be looked at is copied again, which tells what is wrong.
  const found = await stat(join(folder, contentFile(sha256))).catch(() => null);
  return found?.size === bytes;
}
