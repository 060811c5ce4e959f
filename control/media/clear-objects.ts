import { and, eq, ne } from "drizzle-orm";
import { coverKey, preparedKey } from "../../contracts/media.ts";
import type { Context } from "../context.ts";
import { jobs, media } from "../db/schema.ts";
import { inR2 } from "./in-r2.ts";
import type { MediaRow } from "./read-media.ts";

type Named = Pick<MediaRow, "id" | "station" | "preparedSha256" | "coverSha256">;

/**
 * Deletes the prepared file and the cover that a file named, unless another of its station names them too. False when
 * nothing was done, for a job is at work in the station, which may be about to name them.
 */
export async function clearObjects({ db }: Pick<Context, "db">, bucket: R2Bucket, file: Named): Promise<boolean> {
  const { id, station, preparedSha256, coverSha256 } = file;
  const isOther = and(eq(media.station, station), ne(media.id, id));
  const [running, prepared, cover] = await db.batch([
    db
      .select({ id: jobs.id })
      .from(jobs)
      .where(and(eq(jobs.station, station), eq(jobs.state, "running")))
      .limit(1),
    db
      .select({ id: media.id })
      .from(media)
      .where(and(isOther, eq(media.preparedSha256, preparedSha256 ?? "")))
      .limit(1),
    db
      .select({ id: media.id })
      .from(media)
      .where(and(isOther, eq(media.coverSha256, coverSha256 ?? "")))
      .limit(1),
  ]);
  if (running.length > 0) return false;
  const keys = [
    ...(preparedSha256 !== null && prepared.length === 0 ? [preparedKey(station, preparedSha256)] : []),
    ...(coverSha256 !== null && cover.length === 0 ? [coverKey(station, coverSha256)] : []),
  ];
  if (keys.length > 0) await inR2("delete", () => bucket.delete(keys));
  return true;
}
