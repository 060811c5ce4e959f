import { sql } from "drizzle-orm";
import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { media } from "../db/schema.ts";
import { readStation } from "../registry/read-stations.ts";

/** The tags of a station's files by name, and how many files have each. */
export async function listTags(
  context: Context,
  station: StationSlug,
  input: z.input<typeof PageQuery>,
): Promise<Page<{ tag: string; files: number }>> {
  const { limit, cursor } = PageQuery.parse(input);
  const [behind] = readCursor(cursor, z.tuple([z.string()])) ?? [""];
  await readStation(context, station);
  const rows = await context.db.all<{ tag: string; files: number }>(
    sql`select value as tag, count(*) as files from ${media}, json_each(${media.tags})
        where ${media.station} = ${station} and ${media.deletedAt} is null and value > ${behind}
        group by value order by value limit ${limit + 1}`,
  );
  return pageOf(rows, limit, (row) => [row.tag]);
}
