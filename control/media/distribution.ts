import { and, gt, ne } from "drizzle-orm";
import type { MediaId } from "../../contracts/media.ts";
import { type PublicMedia, publicMediaKey } from "../../contracts/media-link.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { media } from "../db/schema.ts";
import { conflict } from "../refusal.ts";
import { writeChange } from "./change-media.ts";
import { inR2 } from "./in-r2.ts";
import { MEDIA } from "./policy.ts";
import { findMedia, type MediaRow } from "./read-media.ts";

/**
 * Makes a file public at the edge, or takes it back. What is to be taken back is taken from R2 before D1 says so, and
 * given to R2 after: should one of the two fail, too little is public and never too much. Conflict: it is not approved.
 */
export async function setPublic(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
  isPublic: boolean,
): Promise<void> {
  const row = await findMedia(context, station, id);
  if (isPublic && row.state !== "approved") throw conflict("not_approved", "Only approved files can be made public.");
  if (!isPublic) await withdraw(bucket, row);
  if (isPublic !== (row.distribution === "public")) {
    const distribution = isPublic ? "public" : "withdrawn";
    const message = isPublic ? `file ${id} is public` : `file ${id} is public no more`;
    await writeChange(context, row, { distribution }, { kind: "media-distribution", message });
  }
  if (isPublic) await align(bucket, await findMedia(context, station, id));
}

/** From now on the edge finds nothing public of it, within a minute everywhere. */
export async function withdraw(bucket: R2Bucket, { station, id }: Pick<MediaRow, "station" | "id">): Promise<void> {
  await inR2("delete", () => bucket.delete(publicMediaKey(station, id)));
}

/** Brings R2 in line with what the row says is public. */
export async function align(bucket: R2Bucket, row: MediaRow): Promise<void> {
  const { preparation } = row;
  const isPublic = row.distribution === "public" && row.state === "approved" && row.deletedAt === null;
  if (!isPublic || preparation === null) return withdraw(bucket, row);
  const manifest: PublicMedia = {
    schema: 1,
    prepared: preparation.prepared.sha256,
    cover: preparation.cover?.sha256 ?? null,
  };
  const options = { httpMetadata: { contentType: "application/json" } };
  await inR2("put", () => bucket.put(publicMediaKey(row.station, row.id), JSON.stringify(manifest), options));
}

/** For the cron: what was changed lately is looked at again, since of two changes at once the wrong one may come last. */
export async function alignLately({ db, clock }: Pick<Context, "db" | "clock">, bucket: R2Bucket): Promise<void> {
  const rows = await db
    .select()
    .from(media)
    .where(and(ne(media.distribution, "private"), gt(media.updatedAt, clock.now() - MEDIA.alignMs)))
    .limit(MEDIA.perCron);
  for (const row of rows) await align(bucket, row);
}
