import { and, desc, eq, lt, or } from "drizzle-orm";
import { z } from "zod";
import { MediaId } from "../../contracts/media.ts";
import { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { JOB_STATES } from "../db/jobs.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { jobs } from "../db/schema.ts";
import type { JobRow } from "./hold.ts";

export const JobQuery = PageQuery.extend({
  station: StationSlug.optional(),
  media: MediaId.optional(),
  state: z.enum(JOB_STATES).optional(),
});

/** Tries at preparing files, the newest first. */
export async function listJobs({ db }: Context, input: z.input<typeof JobQuery>): Promise<Page<JobRow>> {
  const { limit, cursor, station, media, state } = JobQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.number(), z.string()]));
  const rows = await db
    .select()
    .from(jobs)
    .where(
      and(
        station === undefined ? undefined : eq(jobs.station, station),
        media === undefined ? undefined : eq(jobs.media, media),
        state === undefined ? undefined : eq(jobs.state, state),
        behind
          ? or(lt(jobs.createdAt, behind[0]), and(eq(jobs.createdAt, behind[0]), lt(jobs.id, behind[1])))
          : undefined,
      ),
    )
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.createdAt, row.id]);
}
