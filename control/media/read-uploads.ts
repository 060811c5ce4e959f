import { and, asc, eq, gt, or } from "drizzle-orm";
import { z } from "zod";
import type { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { uploads } from "../db/schema.ts";
import { notFound } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";
import { listParts, type Part } from "./multipart.ts";
import { MEDIA } from "./policy.ts";

export type StoredUpload = typeof uploads.$inferSelect;
/** An upload as people see it: how many parts there are to be, and which have come. */
export type UploadState = Omit<StoredUpload, "multipart"> & {
  partBytes: number;
  partCount: number;
  received: Part[];
};

export async function readUpload(context: Context, station: StationSlug, id: MediaId): Promise<UploadState> {
  return describeUpload(await findUpload(context, station, id), await listParts(context, id));
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

export async function findUpload({ db }: Context, station: StationSlug, id: MediaId): Promise<StoredUpload> {
  const upload = await db.query.uploads.findFirst({ where: and(eq(uploads.id, id), eq(uploads.station, station)) });
  if (!upload) throw notFound(`upload ${id} of station ${station}`);
  return upload;
}

/** What is told of an upload: all but what R2 calls it. */
export function describeUpload({ multipart: _, ...upload }: StoredUpload, received: Part[]): UploadState {
  return { ...upload, ...partsOf(upload), received };
}

export function partCountOf({ bytes }: Pick<StoredUpload, "bytes">): number {
  return Math.ceil(bytes / MEDIA.partBytes);
}

function partsOf(upload: Pick<StoredUpload, "bytes">) {
  return { partBytes: MEDIA.partBytes, partCount: partCountOf(upload) };
}
