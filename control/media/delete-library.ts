import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { jobs, media } from "../db/schema.ts";

/** For the batch that deletes a station, right after a write that tells whether it did: all its files are deleted. */
export function deleteLibraryIfChanged({ db, clock }: Pick<Context, "db" | "clock">, station: StationSlug) {
  const now = clock.now();
  return [
    db
      .update(media)
      .set({ deletedAt: now, updatedAt: now, revision: sql`${media.revision} + 1` })
      .where(and(eq(media.station, station), isNull(media.deletedAt), sql`changes() > 0`)),
    db
      .update(jobs)
      .set({ state: "cancelled", finishedAt: now })
      .where(and(eq(jobs.station, station), inArray(jobs.state, ["waiting", "running"]), sql`changes() > 0`)),
  ] as const;
}
