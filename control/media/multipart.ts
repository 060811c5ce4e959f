import { asc, eq } from "drizzle-orm";
import { describe } from "../../kit/log.ts";
import type { Context } from "../context.ts";
import { parts } from "../db/schema.ts";
import { conflict } from "../refusal.ts";
import { cutOff, inR2, isCutOff, isInvalidPart, isNoSuchUpload } from "./in-r2.ts";
import { MEDIA } from "./policy.ts";

/**
 * A file that comes to R2 in parts, of equal length but the last. R2 does not list them to Workers, so D1 remembers
 * them, for whoever has to go on after a cut.
 */
export type Multipart = {
  /** Id of the upload or the job that it belongs to. */
  owner: string;
  key: string;
  /** What R2 calls it. */
  name: string;
};

export type Part = { number: number; bytes: number };

export function beginMultipart(bucket: R2Bucket, key: string, httpMetadata: R2HTTPMetadata): Promise<string> {
  return inR2("create upload", async () => (await bucket.createMultipartUpload(key, { httpMetadata })).uploadId);
}

/**
 * Takes a part in, or takes it in again. Conflict: the upload was completed or given up meanwhile. A 503 when it was cut
 * off on its way.
 */
export async function putPart(
  { db, clock, log }: Context,
  bucket: R2Bucket,
  { owner, key, name }: Multipart,
  { number, bytes }: Part,
  body: ReadableStream,
): Promise<void> {
  const part = bucket.resumeMultipartUpload(key, name);
  const sent = inR2("put part", () => part.uploadPart(number, body), MEDIA.transferTimeoutMs);
  const { etag } = await sent.catch((thrown: unknown) => {
    if (isNoSuchUpload(thrown)) throw conflict("upload_closed", "This upload was completed or given up.");
    if (!isCutOff(thrown)) throw thrown;
    log.info("a part was cut off", { upload: owner, part: number, error: describe(thrown) });
    throw cutOff();
  });
  const row = { etag, bytes, receivedAt: clock.now() };
  await db
    .insert(parts)
    .values({ owner, number, ...row })
    .onConflictDoUpdate({ target: [parts.owner, parts.number], set: row });
}

/** The parts that R2 has, by number. */
export async function listParts({ db }: Pick<Context, "db">, owner: string): Promise<Part[]> {
  return db
    .select({ number: parts.number, bytes: parts.bytes })
    .from(parts)
    .where(eq(parts.owner, owner))
    .orderBy(asc(parts.number));
}

/**
 * Makes one object of the parts; to ask again does no harm. False when R2 has other parts than D1 remembers, for some
 * were sent twice at once: they are forgotten, and all are to be sent again.
 */
export async function assemble({ db }: Context, bucket: R2Bucket, { owner, key, name }: Multipart): Promise<boolean> {
  const rows = await db.select().from(parts).where(eq(parts.owner, owner)).orderBy(asc(parts.number));
  const uploaded = rows.map(({ number, etag }) => ({ partNumber: number, etag }));
  try {
    const whole = bucket.resumeMultipartUpload(key, name);
    await inR2("complete upload", () => whole.complete(uploaded), MEDIA.assembleTimeoutMs);
    return true;
  } catch (thrown) {
    if (isNoSuchUpload(thrown)) return true;
    if (!isInvalidPart(thrown)) throw thrown;
    await db.delete(parts).where(eq(parts.owner, owner));
    return false;
  }
}

/** Forgets the parts in R2. */
export async function abortMultipart(bucket: R2Bucket, { key, name }: Pick<Multipart, "key" | "name">): Promise<void> {
  try {
    await inR2("abort upload", () => bucket.resumeMultipartUpload(key, name).abort());
  } catch (thrown) {
    if (!isNoSuchUpload(thrown)) throw thrown;
  }
}
