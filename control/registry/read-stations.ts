import { and, asc, eq, gt, inArray, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Delivery } from "../../contracts/delivery.ts";
import type { LivePolicy } from "../../contracts/fleet.ts";
import type { OriginId, RenditionName, StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { renditions, stations } from "../db/schema.ts";
import { notFound } from "../refusal.ts";

/** A station as the registry has it, for people: its feed secret stays inside. */
export type StoredStation = {
  slug: StationSlug;
  name: string;
  framesPerSegment: number;
  renditions: RenditionName[];
  livePolicy: LivePolicy;
  liveAllowed: boolean;
  liveSilenceSeconds: number;
  delivery: Delivery;
  studio: OriginId | null;
  generation: number;
  createdAt: number;
};

const COLUMNS = {
  slug: stations.slug,
  name: stations.name,
  framesPerSegment: stations.framesPerSegment,
  livePolicy: stations.livePolicy,
  liveAllowed: stations.liveAllowed,
  liveSilenceSeconds: stations.liveSilenceSeconds,
  delivery: stations.delivery,
  studio: stations.studio,
  generation: stations.generation,
  createdAt: stations.createdAt,
};

export async function readStation({ db }: Context, slug: StationSlug): Promise<StoredStation> {
  const rows = await db
    .select(COLUMNS)
    .from(stations)
    .where(and(eq(stations.slug, slug), isNull(stations.deletedAt)));
  const [station] = await withRenditions(db, rows);
  if (!station) throw notFound(`station ${slug}`);
  return station;
}

/** Stations by slug. */
export async function listStations({ db }: Context, input: z.input<typeof PageQuery>): Promise<Page<StoredStation>> {
  const { limit, cursor } = PageQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.string()]));
  const rows = await db
    .select(COLUMNS)
    .from(stations)
    .where(and(isNull(stations.deletedAt), behind ? gt(stations.slug, behind[0]) : undefined))
    .orderBy(asc(stations.slug))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.slug]);
  return { items: await withRenditions(db, page.items), next: page.next };
}

async function withRenditions(db: Database, rows: Omit<StoredStation, "renditions">[]): Promise<StoredStation[]> {
  const slugs = rows.map(({ slug }) => slug);
  const found = await db
    .select()
    .from(renditions)
    .where(inArray(renditions.station, slugs))
    .orderBy(asc(renditions.position));
  const renditionsOf = Map.groupBy(found, (rendition) => rendition.station);
  return rows.map((row) => ({ ...row, renditions: (renditionsOf.get(row.slug) ?? []).map(({ name }) => name) }));
}
