import { z } from "zod";
import { Sha256 } from "../../contracts/names.ts";

/** The form of a backup. Whatever reads it refuses another one. */
export const FORMAT = 1;

export const MANIFEST_FILE = "manifest.json";
export const OBJECTS_FILE = "objects.jsonl";

/** What is kept of the bucket. `live/` is not: nobody listens to it any more by the time it would be restored. */
export const KEPT_PREFIXES = ["media/", "reel/", "plan/", "routing/"] as const;

export const TablePart = z.object({
  table: z.string().regex(/^[a-z][a-z0-9_]*$/),
  rows: z.int().nonnegative(),
  sha256: Sha256,
});
export type TablePart = z.infer<typeof TablePart>;

export const Manifest = z.object({
  format: z.literal(FORMAT),
  /** Of the Radio Dream that made it. */
  version: z.string(),
  /** Unix ms. */
  createdAt: z.int().nonnegative(),
  from: z.string(),
  /** Applied to the database, by file name, in order: the form of the tables. */
  migrations: z.array(z.string()).min(1),
  /** In an order in which every row finds the ones it refers to. */
  tables: z.array(TablePart),
  objects: z.object({ count: z.int().nonnegative(), bytes: z.int().nonnegative(), sha256: Sha256 }),
});
export type Manifest = z.infer<typeof Manifest>;

/** A line of `objects.jsonl`: an object of the bucket, whose content lies in `objects/` by its hash. */
export const StoredObject = z.object({
  key: z.string().min(1).max(1024),
  bytes: z.int().nonnegative(),
  etag: z.string(),
  sha256: Sha256,
  headers: z.record(z.string(), z.string()),
});
export type StoredObject = z.infer<typeof StoredObject>;

const AnyFormat = z.object({ format: z.int() });

/** Throws, with what a person can do about it, when this is not a manifest that can be read here. */
export function parseManifest(text: string): Manifest {
  const found = AnyFormat.safeParse(parseJson(text));
  if (!found.success) throw new Error(`${MANIFEST_FILE} is not a backup's manifest`);
  const { format } = found.data;
  if (format !== FORMAT) {
    throw new Error(
      `this backup has format ${format}, and this Radio Dream reads format ${FORMAT}: use the one it is from`,
    );
  }
  const parsed = Manifest.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`${MANIFEST_FILE} is damaged:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const tableFile = (table: string) => `tables/${table}.jsonl`;

/** Where the content with this hash lies, in the folder of all backups. */
export const contentFile = (sha256: Sha256) => `objects/${sha256.slice(0, 2)}/${sha256}`;
