import { and, count, eq, ne } from "drizzle-orm";
import { z } from "zod";
import { MAX_MEDIA_BYTES, type MediaId, MediaKind, originalKey } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { parts, uploads } from "../db/schema.ts";
import { conflict, notFound, Refusal } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";
import { cleanContentType, cleanFileName, contentDisposition } from "./file-name.ts";
import { inR2 } from "./in-r2.ts";
import { abortMultipart, beginMultipart, type Multipart, type Part, putPart } from "./multipart.ts";
import { MEDIA } from "./policy.ts";
import { describeUpload, findUpload, readUpload, type StoredUpload, type UploadState } from "./read-uploads.ts";

export const NewUpload = z.strictObject({
  fileName: z.string().min(1).max(1000),
  contentType: z.string().max(200).optional(),
  bytes: z.int().positive().max(MAX_MEDIA_BYTES),
  kind: MediaKind.default("music"),
});

/** Opens an upload in parts. Conflict: the station has too many under way. */
export async function createUpload(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  input: z.input<typeof NewUpload>,
): Promise<UploadState> {
  const upload = await openUpload(context, station, NewUpload.parse(input));
  const multipart = await beginMultipart(bucket, originalKey(station, upload.id), httpMetadataOf(upload));
  await context.db.insert(uploads).values({ ...upload, multipart });
  return describeUpload({ ...upload, multipart }, []);
}

/** The row of an upload that begins now; not written yet. */
export async function openUpload(
  context: Context,
  station: StationSlug,
  { fileName, contentType, bytes, kind }: z.output<typeof NewUpload>,
): Promise<StoredUpload> {
  await readStation(context, station);
  const { db, clock } = context;
  const [open] = await db.select({ uploads: count() }).from(uploads).where(eq(uploads.station, station));
  if ((open?.uploads ?? 0) >= MEDIA.uploadsPerStation) {
    throw conflict("too_many_uploads", `A station may have ${MEDIA.uploadsPerStation} uploads under way at most.`);
  }
  const now = clock.now();
  return {
    id: crypto.randomUUID(),
    station,
    fileName: cleanFileName(fileName),
    contentType: cleanContentType(contentType),
    bytes,
    kind,
    multipart: null,
    phase: "open",
    createdBy: context.actor,
    createdAt: now,
    touchedAt: now,
  };
}

export function httpMetadataOf({ fileName, contentType }: Pick<StoredUpload, "fileName" | "contentType">) {
  return { contentType, contentDisposition: contentDisposition("attachment", fileName) };
}

/** How many bytes a part is to have; null where there is no such part. */
export function partLength(bytes: number, number: number): number | null {
  const before = (number - 1) * MEDIA.partBytes;
  return number >= 1 && before < bytes ? Math.min(MEDIA.partBytes, bytes - before) : null;
}

/** Takes one part in, whichever is next; it must have its length exactly. */
export async function putUploadPart(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
  { number, bytes }: Part,
  body: ReadableStream,
): Promise<UploadState> {
  const upload = await findUpload(context, station, id);
  if (upload.phase !== "open") throw conflict("upload_closed", "This upload was completed or given up.");
  const length = partLength(upload.bytes, number);
  if (length === null) throw notFound(`part ${number} of this upload`);
  if (bytes !== length) {
    throw new Refusal(422, "part_length", `Part ${number} must have ${length} bytes, not ${bytes}.`);
  }
  await putPart(context, bucket, multipartOf(upload), { number, bytes }, body);
  await context.db.update(uploads).set({ touchedAt: context.clock.now() }).where(eq(uploads.id, id));
  return readUpload(context, station, id);
}

/** Gives an upload up, with all that has come of it. Conflict: it is being put together. */
export async function giveUpUpload(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
): Promise<void> {
  await findUpload(context, station, id);
  const [upload] = await context.db
    .update(uploads)
    .set({ phase: "given-up" })
    .where(and(eq(uploads.id, id), ne(uploads.phase, "closing")))
    .returning();
  if (!upload) throw conflict("upload_closing", "This upload is being put together.");
  await discardUpload(context, bucket, upload);
}

/** What came of it in R2 goes first: should that fail, the row says what there is still to do. */
export async function discardUpload(
  { db }: Pick<Context, "db">,
  bucket: R2Bucket,
  { id, station, multipart }: Pick<StoredUpload, "id" | "station" | "multipart">,
): Promise<void> {
  const key = originalKey(station, id);
  if (multipart !== null) await abortMultipart(bucket, { key, name: multipart });
  await inR2("delete", () => bucket.delete(key));
  await db.batch([db.delete(parts).where(eq(parts.owner, id)), db.delete(uploads).where(eq(uploads.id, id))]);
}

export function multipartOf({ id, station, multipart }: StoredUpload): Multipart {
  if (multipart === null) throw conflict("upload_whole", "This file comes in one piece.");
  return { owner: id, key: originalKey(station, id), name: multipart };
}
