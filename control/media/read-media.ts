import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import type { JobPhase } from "../../contracts/jobs.ts";
import { type MediaId, MediaKind, MediaState } from "../../contracts/media.ts";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { jobs, media } from "../db/schema.ts";
import { notFound } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";
import { searchTerms } from "./search-text.ts";

/** Of all the files that are asked for together, so many of the same content are pointed out. */
const MAX_TWINS = 1000;

export type MediaRow = typeof media.$inferSelect;

/** How far a file's preparation has come. */
export type Work = {
  state: "waiting" | "running";
  attempt: number;
  origin: OriginId | null;
  phase: JobPhase | null;
  share: number;
};

/** A file with what is under way about it, and the other files of the same content. */
export type StoredMedia = MediaRow & { work: Work | null; duplicates: MediaId[] };

export const MediaQuery = PageQuery.extend({
  /** Words that stand in title, artist, album, tags or file name; all of them. */
  q: z.string().max(200).optional(),
  state: MediaState.optional(),
  kind: MediaKind.optional(),
  tag: z.string().max(60).optional(),
  /** What was deleted and can still be restored, instead of what is there. */
  deleted: z.enum(["true", "false"]).default("false"),
});

/** The files of a station, the newest first. */
export async function listMedia(
  context: Context,
  station: StationSlug,
  input: z.input<typeof MediaQuery>,
): Promise<Page<StoredMedia>> {
  const { limit, cursor, ...asked } = MediaQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.number(), z.string()]));
  await readStation(context, station);
  const rows = await context.db
    .select()
    .from(media)
    .where(and(eq(media.station, station), ...conditionsOf(asked), behind ? isOlderThan(behind) : undefined))
    .orderBy(desc(media.createdAt), desc(media.id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.createdAt, row.id]);
  return { ...page, items: await withWork(context.db, page.items) };
}

function conditionsOf({ q, state, kind, tag, deleted }: Omit<z.output<typeof MediaQuery>, "limit" | "cursor">): SQL[] {
  return [
    deleted === "true" ? isNotNull(media.deletedAt) : isNull(media.deletedAt),
    ...(state === undefined ? [] : [eq(media.state, state)]),
    ...(kind === undefined ? [] : [eq(media.kind, kind)]),
    ...(tag === undefined ? [] : [sql`exists (select 1 from json_each(${media.tags}) where value = ${tag})`]),
    ...searchTerms(q ?? "").map((term) => sql`instr(${media.searchText}, ${term}) > 0`),
  ];
}

function isOlderThan([createdAt, id]: [number, string]) {
  return or(lt(media.createdAt, createdAt), and(eq(media.createdAt, createdAt), lt(media.id, id)));
}

/** A file that is there. Throws a 404 for one that was deleted, too. */
export async function readMedia(context: Context, station: StationSlug, id: MediaId): Promise<StoredMedia> {
  const [found] = await withWork(context.db, [await findMedia(context, station, id)]);
  if (!found) throw new Error("one file in, one file out");
  return found;
}

/** The row alone. */
export async function findMedia(
  { db }: Context,
  station: StationSlug,
  id: MediaId,
  options: { deleted: boolean } = { deleted: false },
): Promise<MediaRow> {
  const row = await db.query.media.findFirst({
    where: and(
      eq(media.id, id),
      eq(media.station, station),
      options.deleted ? isNotNull(media.deletedAt) : isNull(media.deletedAt),
    ),
  });
  if (!row) throw notFound(`file ${id} of station ${station}`);
  return row;
}

/** Rows of one station with what else is known of them. */
async function withWork(db: Database, rows: MediaRow[]): Promise<StoredMedia[]> {
  const [first] = rows;
  if (!first) return [];
  const [open, twins] = await db.batch([
    db
      .select()
      .from(jobs)
      .where(
        and(
          isAmong(
            jobs.media,
            rows.map(({ id }) => id),
          ),
          inArray(jobs.state, ["waiting", "running"]),
        ),
      ),
    db
      .select({ id: media.id, sha256: media.sha256 })
      .from(media)
      .where(
        and(
          eq(media.station, first.station),
          isAmong(
            media.sha256,
            rows.map(({ sha256 }) => sha256),
          ),
          isNull(media.deletedAt),
        ),
      )
      .orderBy(asc(media.createdAt))
      .limit(MAX_TWINS),
  ]);
  const work = new Map(open.map((job) => [job.media, workOf(job)]));
  const ofContent = Map.groupBy(twins, ({ sha256 }) => sha256);
  return rows.map((row) => ({
    ...row,
    work: work.get(row.id) ?? null,
    duplicates: (ofContent.get(row.sha256) ?? []).map(({ id }) => id).filter((id) => id !== row.id),
  }));
}

/** D1 takes a hundred parameters, but one may be a list. */
function isAmong(column: SQLiteColumn, values: readonly string[]) {
  return sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;
}

function workOf({ state, attempt, origin, phase, share }: typeof jobs.$inferSelect): Work {
  return { state: state === "running" ? "running" : "waiting", attempt, origin, phase, share };
}
