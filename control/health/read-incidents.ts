import { and, asc, desc, eq, gt, gte, lt, or, sql } from "drizzle-orm";
import { z } from "zod";
import { IncidentKind } from "../../contracts/fleet.ts";
import { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { incidents } from "../db/schema.ts";
import type { Incident } from "./incident.ts";
import { POLICY } from "./policy.ts";

export const IncidentQuery = PageQuery.extend({
  station: StationSlug.optional().describe("Only what concerns this station"),
  origin: OriginId.optional().describe("Only what concerns this origin"),
  kind: IncidentKind.optional().describe("Only this kind, such as `origin-evicted`"),
  since: z.coerce.number().int().nonnegative().optional().describe("Only what happened then or later, in Unix ms"),
  order: z.enum(["newest", "oldest"]).default("newest").describe("Which come first; `oldest` reads as a story"),
});

/** Incidents by time, a page at a time. */
export async function listIncidents({ db }: Context, input: z.input<typeof IncidentQuery>): Promise<Page<Incident>> {
  const { limit, cursor, station, origin, kind, since, order } = IncidentQuery.parse(input);
  const after = readCursor(cursor, z.tuple([z.number(), z.string()]));
  const [beyond, sorted] = order === "newest" ? [lt, desc] : [gt, asc];
  const rows = await db
    .select()
    .from(incidents)
    .where(
      and(
        station === undefined ? undefined : eq(incidents.station, station),
        origin === undefined ? undefined : eq(incidents.origin, origin),
        kind === undefined ? undefined : eq(incidents.kind, kind),
        since === undefined ? undefined : gte(incidents.at, since),
        after
          ? or(beyond(incidents.at, after[0]), and(eq(incidents.at, after[0]), beyond(incidents.id, after[1])))
          : undefined,
      ),
    )
    .orderBy(sorted(incidents.at), sorted(incidents.id))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.at, row.id]);
}

/** Forgets what is older than the policy keeps, but for the newest row: the next one is to be given a higher rowid. */
export async function pruneIncidents({ db, clock }: Pick<Context, "db" | "clock">): Promise<void> {
  const isOld = lt(incidents.at, clock.now() - POLICY.incidentsKeptMs);
  await db.delete(incidents).where(and(isOld, sql`rowid < (select max(rowid) from ${incidents})`));
}
