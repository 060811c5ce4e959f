import { and, eq, lt } from "drizzle-orm";
import { originalKey } from "../../contracts/media.ts";
import { publicMediaKey } from "../../contracts/media-link.ts";
import type { Context } from "../context.ts";
import { jobs, media, uploads } from "../db/schema.ts";
import { clearObjects } from "./clear-objects.ts";
import { inR2 } from "./in-r2.ts";
import { MEDIA } from "./policy.ts";
import { discardUpload } from "./uploads.ts";

type Deps = Pick<Context, "db" | "clock">;

/** Gives up the uploads that nothing has happened to for long. */
export async function clearUploads(deps: Deps, bucket: R2Bucket): Promise<void> {
  const { db, clock } = deps;
  const isIdle = lt(uploads.touchedAt, clock.now() - MEDIA.uploadKeptMs);
  const idle = await db.select({ id: uploads.id }).from(uploads).where(isIdle).limit(MEDIA.perCron);
  for (const { id } of idle) {
    const [upload] = await db
      .update(uploads)
      .set({ phase: "given-up" })
      .where(and(eq(uploads.id, id), isIdle))
      .returning();
    if (upload) await discardUpload(deps, bucket, upload);
  }
}

/** Removes for good what was deleted so long ago that nobody can restore it: from R2, and then from D1. */
export async function clearDeleted(deps: Deps, bucket: R2Bucket): Promise<void> {
  const { db, clock } = deps;
  const rows = await db
    .select()
    .from(media)
    .where(lt(media.deletedAt, clock.now() - MEDIA.deletedKeptMs))
    .limit(MEDIA.perCron);
  for (const row of rows) {
    const { id, station } = row;
    if (!(await clearObjects(deps, bucket, row))) continue;
    await inR2("delete", () => bucket.delete([originalKey(station, id), publicMediaKey(station, id)]));
    await db.batch([db.delete(jobs).where(eq(jobs.media, id)), db.delete(media).where(eq(media.id, id))]);
  }
}
