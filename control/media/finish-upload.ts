import { and, eq, ne } from "drizzle-orm";
import { type MediaId, originalKey } from "../../contracts/media.ts";
import type { Sha256, StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { media, uploads } from "../db/schema.ts";
import { conflict, notFound, Refusal } from "../refusal.ts";
import { admitUpload, requireRoom } from "./admit.ts";
import { hashObject } from "./hash-object.ts";
import { assemble, listParts } from "./multipart.ts";
import { readMedia, type StoredMedia } from "./read-media.ts";
import { findUpload, partCountOf, type StoredUpload } from "./read-uploads.ts";
import { discardUpload, multipartOf } from "./uploads.ts";

/**
 * Puts the parts together, reads the file once through, and takes it into the library if it has the hash that its sender
 * says. May be asked again when the answer was lost. Conflict: parts are missing (`details.missing` names the first of
 * them), or it was given up. A 422 for another hash: the upload is over then, for nobody knows which part is wrong.
 */
export async function finishUpload(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
  sha256: Sha256,
): Promise<StoredMedia> {
  if (!(await isAdmitted(context, station, id, sha256))) {
    const upload = await close(context, station, id);
    if (!(await assemble(context, bucket, multipartOf(upload)))) await reopen(context, id);
    await admitIfWhole(context, bucket, upload, sha256);
  }
  return readMedia(context, station, id);
}

/** Takes in what lies under an upload's key, of whatever hash where none was said. */
export async function admitIfWhole(
  context: Context,
  bucket: R2Bucket,
  upload: StoredUpload,
  sha256: Sha256 | null,
): Promise<void> {
  const found = await hashObject(bucket, originalKey(upload.station, upload.id));
  if (found?.bytes === upload.bytes && (sha256 === null || found.sha256 === sha256)) {
    return admitUpload(context, upload, found.sha256);
  }
  await discardUpload(context, bucket, upload);
  throw new Refusal(422, "digest_wrong", "What arrived is not what was sent: send it again.", {
    bytes: found?.bytes ?? 0,
    sha256: found?.sha256 ?? null,
  });
}

async function isAdmitted({ db }: Context, station: StationSlug, id: MediaId, sha256: Sha256): Promise<boolean> {
  const where = and(eq(media.id, id), eq(media.station, station), eq(media.sha256, sha256));
  return (await db.query.media.findFirst({ where, columns: { id: true } })) !== undefined;
}

async function close(context: Context, station: StationSlug, id: MediaId): Promise<StoredUpload> {
  const upload = await findUpload(context, station, id);
  await requireParts(context, upload);
  await requireRoom(context, station);
  const [closing] = await context.db
    .update(uploads)
    .set({ phase: "closing", touchedAt: context.clock.now() })
    .where(and(eq(uploads.id, id), ne(uploads.phase, "given-up")))
    .returning();
  if (!closing) throw notFound(`upload ${id} of station ${station}`);
  return closing;
}

async function reopen({ db }: Context, id: MediaId): Promise<never> {
  await db.update(uploads).set({ phase: "open" }).where(eq(uploads.id, id));
  throw conflict("parts_mixed_up", "Parts were sent twice at once: send them all again.");
}

async function requireParts(context: Context, upload: StoredUpload): Promise<void> {
  const received = new Set((await listParts(context, upload.id)).map(({ number }) => number));
  const count = partCountOf(upload);
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((number) => !received.has(number));
  if (missing.length === 0) return;
  throw new Refusal(409, "parts_missing", `${missing.length} of ${count} parts have not come yet.`, {
    missing: missing.slice(0, 100),
  });
}
