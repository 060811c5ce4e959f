import { sql } from "drizzle-orm";
import type { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { jobs } from "../db/schema.ts";

/**
 * For a batch, right after the conditional write that wants it: a try at preparing a file waits from now on, if that
 * write changed something.
 */
export function queueJobIfChanged(
  { db, clock }: Pick<Context, "db" | "clock">,
  { media, station, attempt }: { media: MediaId; station: StationSlug; attempt: number },
) {
  return db.insert(jobs).select(
    sql`select ${crypto.randomUUID()}, ${media}, ${station}, ${attempt}, 'waiting', null, null, null, 0, null, null, null,
               ${clock.now()}, null, null
        where changes() > 0`,
  );
}
