import { sql } from "drizzle-orm";
import type { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { media } from "../db/schema.ts";
import { Refusal } from "../refusal.ts";

/** Throws a Refusal (422) unless all these are files of the station; they need not be approved yet. */
export async function requireMedia({ db }: Context, station: StationSlug, ids: readonly MediaId[]): Promise<void> {
  const [missing] = await db.all<{ id: string }>(
    sql`select value as id from json_each(${JSON.stringify(ids)}) where not exists
        (select 1 from ${media} where id = value and station = ${station} and deleted_at is null) limit 1`,
  );
  if (missing) throw new Refusal(422, "no_such_media", `The station has no file ${missing.id}.`);
}
