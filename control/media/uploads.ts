import { and, asc, count, eq, gt, ne, or } from "drizzle-orm";
import { z } from "zod";
import { MAX_MEDIA_BYTES, type MediaId, MediaKind, originalKey } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { parts, uploads } from "../db/schema.ts";
import { conflict, notFound, Refusal } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";
import { cleanContentType, cleanFileName, contentDisposition } from "./file-name.ts";
import { inR2 } from "./in-r2.ts";
import { abortMultipart, beginMultipart, listParts, type Multipart, type Part, putPart } from "./multipart.ts";
import { MEDIA } from "./policy.ts";

export const NewUpload = z.strictObject({
  fileName: z.string().min(1).max(1000),
  contentType: z.string().max(200).optional(),
  bytes: z.int().positive().max(MAX_MEDIA_BYTES),
  kind: MediaKind.default("music"),
});

export type StoredUpload = typeof uploads.$inferSelect;
/** An upload as people see it: how many parts there are to be, and which have come. */
export type UploadState = Omit<StoredUpload, "multipart"> & {
  partBytes: number;
  partCount: number;
  received: Part[];
};

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
  return describe({ ...upload, multipart }, []);
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

export async function readUpload(context: Context, station: StationSlug, id: MediaId): Promise<UploadState> {
  return describe(await findUpload(context, station, id), await listParts(context, id));
}

/** Uploads under way, the oldest first; without their parts, of which there may be many. */
export async function listUploads(
  context: Context,
  station: StationSlug,
  input: z.input<typeof PageQuery>,
): Promise<Page<Omit<UploadState, "received">>> {
  const { limit, cursor } = PageQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.number(), z.string()]));
  await readStation(context, station);
  const rows = await context.db
    .select()
    .from(uploads)
    .where(
      and(
        eq(uploads.station, station),
        behind
          ? or(gt(uploads.createdAt, behind[0]), and(eq(uploads.createdAt, behind[0]), gt(uploads.id, behind[1])))
          : undefined,
      ),
    )
    .orderBy(asc(uploads.createdAt), asc(uploads.id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.createdAt, row.id]);
  return { ...page, items: page.items.map(({ multipart: _, ...row }) => ({ ...row, ...partsOf(row) })) };
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

export async function findUpload({ db }: Context, station: StationSlug, id: MediaId): Promise<StoredUpload> {
  const upload = await db.query.uploads.findFirst({ where: and(eq(uploads.id, id), eq(uploads.station, station)) });
  if (!upload) throw notFound(`upload ${id} of station ${station}`);
  return upload;
}

export function multipartOf({ id, station, multipart }: StoredUpload): Multipart {
  if (multipart === null) throw conflict("upload_whole", "This file comes in one piece.");
  return { owner: id, key: originalKey(station, id), name: multipart };
}

function describe({ multipart: _, ...upload }: StoredUpload, received: Part[]): UploadState {
  return { ...upload, ...partsOf(upload), received };
}

export function partCountOf({ bytes }: Pick<StoredUpload, "bytes">): number {
  return Math.ceil(bytes / MEDIA.partBytes);
}

function partsOf(upload: Pick<StoredUpload, "bytes">) {
  return { partBytes: MEDIA.partBytes, partCount: partCountOf(upload) };
}
