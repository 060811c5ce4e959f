import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { inParallel } from "./in-parallel.ts";
import {
  contentFile,
  MANIFEST_FILE,
  type Manifest,
  OBJECTS_FILE,
  parseManifest,
  StoredObject,
  tableFile,
} from "./manifest.ts";

export type ProvenObject = StoredObject & { file: string; md5: string };
/** A backup of which every byte is as it was written. `sha256` is the manifest's, which names the backup. */
export type ProvenBackup = { folder: string; sha256: string; manifest: Manifest; objects: ProvenObject[] };

const AT_ONCE = 4;
const TOLD_FAULTS = 10;

/** The backup in this folder, or the newest below it. Throws, with all that is wrong, unless the whole of it is sound. */
export async function proveBackup(from: string): Promise<ProvenBackup> {
  const folder = await findBackup(from);
  const text = await readFile(join(folder, MANIFEST_FILE), "utf8");
  const manifest = parseManifest(text);
  const faults: string[] = [];
  const prove = async (file: string, expected: { sha256: string; bytes?: number }) => {
    const found = await digest(file).catch(() => null);
    const isSame = found?.sha256 === expected.sha256 && (expected.bytes ?? found.bytes) === found.bytes;
    if (!isSame) faults.push(found ? `${file} is not what was written` : `${file} cannot be read`);
    return isSame ? found : null;
  };

  await inParallel(AT_ONCE, manifest.tables, async ({ table, sha256 }) => {
    await prove(join(folder, tableFile(table)), { sha256 });
  });
  const listed = await prove(join(folder, OBJECTS_FILE), { sha256: manifest.objects.sha256 });
  const objects: ProvenObject[] = [];
  if (listed) {
    await inParallel(AT_ONCE, linesOf(join(folder, OBJECTS_FILE)), async (line) => {
      const object = StoredObject.parse(JSON.parse(line));
      const file = join(dirname(folder), contentFile(object.sha256));
      const found = await prove(file, object);
      if (found) objects.push({ ...object, file, md5: found.md5 });
    });
    objects.sort((one, other) => (one.key < other.key ? -1 : 1));
  }
  if (faults.length > 0) {
    const more = faults.length > TOLD_FAULTS ? `\n... and ${faults.length - TOLD_FAULTS} more` : "";
    throw new Error(
      `this backup is broken, and nothing was restored:\n${faults.slice(0, TOLD_FAULTS).join("\n")}${more}`,
    );
  }
  return { folder, sha256: createHash("sha256").update(text).digest("hex"), manifest, objects };
}

async function findBackup(from: string): Promise<string> {
  const isWhole = (folder: string) =>
    stat(join(folder, MANIFEST_FILE)).then(
      () => true,
      () => false,
    );
  if (await isWhole(from)) return from;
  const names = await readdir(from).catch(() => []);
  for (const name of names
    .filter((one) => /^\d{4}-/.test(one))
    .sort()
    .reverse()) {
    if (await isWhole(join(from, name))) return join(from, name);
  }
  throw new Error(`there is no backup in ${from}`);
}

/** The lines of a file that ends with a newline. */
export function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}

async function digest(file: string): Promise<{ bytes: number; sha256: string; md5: string }> {
  const [sha256, md5] = [createHash("sha256"), createHash("md5")];
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    sha256.update(chunk);
    md5.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: sha256.digest("hex"), md5: md5.digest("hex") };
}
