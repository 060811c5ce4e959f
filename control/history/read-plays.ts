import { and, asc, desc, eq, gt, gte, lt, sql } from "drizzle-orm";
import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import { frameAt, programmeTime } from "../../contracts/timeline.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { plays } from "../db/schema.ts";
import { readStation } from "../registry/read-stations.ts";

/** Unix ms: only what began in or after `from`, and before `until`. */
export const Period = z.object({
  from: z.coerce.number().int().nonnegative().optional(),
  until: z.coerce.number().int().nonnegative().optional(),
});
export type Period = z.infer<typeof Period>;
export const PlayQuery = PageQuery.extend(Period.shape);

export type Play = Omit<typeof plays.$inferSelect, "station" | "frames"> & {
  /** Unix ms, cut off as everywhere: asked for `from` this time, it is there. */
  startedAt: number;
  /** How long it was heard; null while it is. */
  seconds: number | null;
};

/** Where the playing after this one begins. Written out: drizzle would leave the outer table's name away. */
const nextFrame = sql<number | null>`(select min(later.frame) from plays as later
  where later.station = plays.station and later.frame > plays.frame)`;

/** What a station has played, newest first. Throws a 404 for a station that there is not. */
export async function listPlays(
  context: Context,
  station: StationSlug,
  input: z.input<typeof PlayQuery>,
): Promise<Page<Play>> {
  const { limit, cursor, ...period } = PlayQuery.parse(input);
  await readStation(context, station);
  const behind = readCursor(cursor, z.tuple([z.number()]));
  const rows = await context.db
    .select({ play: plays, next: nextFrame })
    .from(plays)
    .where(and(within(station, period), behind ? lt(plays.frame, behind[0]) : undefined))
    .orderBy(desc(plays.frame))
    .limit(limit + 1);
  const page = pageOf(rows, limit, ({ play }) => [play.frame]);
  return { items: page.items.map((row) => playOf(row, context.clock.now())), next: page.next };
}

/** As many as `limit`, oldest first, after the frame `after`. */
export async function readPlaysAfter(
  { db, clock }: Pick<Context, "db" | "clock">,
  station: StationSlug,
  period: Period,
  after: number,
  limit: number,
): Promise<Play[]> {
  const rows = await db
    .select({ play: plays, next: nextFrame })
    .from(plays)
    .where(and(within(station, period), gt(plays.frame, after)))
    .orderBy(asc(plays.frame))
    .limit(limit);
  return rows.map((row) => playOf(row, clock.now()));
}

function within(station: StationSlug, { from, until }: Period) {
  return and(
    eq(plays.station, station),
    from === undefined ? undefined : gte(plays.frame, firstFrameSince(from)),
    until === undefined ? undefined : lt(plays.frame, firstFrameSince(until)),
  );
}

/** The first frame that does not begin before `unixMs`. */
function firstFrameSince(unixMs: number): number {
  const frame = frameAt(unixMs);
  return programmeTime(frame) < unixMs ? frame + 1 : frame;
}

/** It ended where the next began, or when its time was over. */
function playOf({ play, next }: { play: typeof plays.$inferSelect; next: number | null }, now: number): Play {
  const { station: _, frames, ...row } = play;
  const expected = frames === null ? Number.POSITIVE_INFINITY : play.frame + frames;
  const end = Math.min(next ?? Number.POSITIVE_INFINITY, expected);
  const seconds = end <= frameAt(now) ? Math.round(programmeTime(end - play.frame)) / 1000 : null;
  return { ...row, startedAt: Math.floor(programmeTime(play.frame)), seconds };
}
