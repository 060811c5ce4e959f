import { and, desc, eq, gte, lt, or, sql } from "drizzle-orm";
import { z } from "zod";
import { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { incidents } from "../db/schema.ts";
import type { Incident } from "./incident.ts";
import { POLICY } from "./policy.ts";

export const IncidentQuery = PageQuery.extend({
  station: StationSlug.optional(),
  origin: OriginId.optional(),
  /** Unix ms; only what happened then or later. */
  since: z.coerce.number().int().nonnegative().optional(),
});

/** Incidents, newest first. */
export async function listIncidents({ db }: Context, input: z.input<typeof IncidentQuery>): Promise<Page<Incident>> {
  const { limit, cursor, station, origin, since } = IncidentQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.number(), z.string()]));
  const rows = await db
    .select()
    .from(incidents)
    .where(
      and(
        station === undefined ? undefined : eq(incidents.station, station),
        origin === undefined ? undefined : eq(incidents.origin, origin),
        since === undefined ? undefined : gte(incidents.at, since),
        behind
          ? or(lt(incidents.at, behind[0]), and(eq(incidents.at, behind[0]), lt(incidents.id, behind[1])))
          : undefined,
      ),
    )
    .orderBy(desc(incidents.at), desc(incidents.id))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.at, row.id]);
}

/** Forgets what is older than the policy keeps, but for the newest row: the next one is to be given a higher rowid. */
export async function pruneIncidents({ db, clock }: Pick<Context, "db" | "clock">): Promise<void> {
  const isOld = lt(incidents.at, clock.now() - POLICY.incidentsKeptMs);
  await db.delete(incidents).where(and(isOld, sql`rowid < (select max(rowid) from ${incidents})`));
}
