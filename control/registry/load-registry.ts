import { and, asc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { Delivery } from "../../contracts/delivery.ts";
import { LivePolicy, OriginState, Role } from "../../contracts/fleet.ts";
import { OriginId, RenditionName, Sha256, StationSlug } from "../../contracts/names.ts";
import type { Database } from "../db/database.ts";
import { evictionSteps, origins, renditions, slicers, stations, streamKeys, tokens } from "../db/schema.ts";
import type { Registry } from "./registry.ts";

const StationRow = z.object({
  slug: StationSlug,
  name: z.string(),
  framesPerSegment: z.int().positive(),
  livePolicy: LivePolicy,
  liveAllowed: z.boolean(),
  liveSilenceSeconds: z.int().nonnegative(),
  delivery: Delivery,
  listedUntil: z.int().nullable(),
  feedSecret: z.string(),
  studio: OriginId.nullable(),
  studioInstance: z.string().nullable(),
  generation: z.int().nonnegative(),
  generationFloor: z.int().nonnegative(),
});
const OriginRow = z.object({
  id: OriginId,
  instance: z.string(),
  url: z.string(),
  rtmpUrl: z.string(),
  roles: z.array(Role),
  version: z.string(),
  wire: z.int(),
  image: z.string().nullable(),
  state: OriginState,
  stateSince: z.int(),
  weight: z.number(),
  activeSince: z.int().nullable(),
  evictions: z.int(),
  evictedAt: z.int().nullable(),
  tries: z.int(),
  held: z.boolean(),
  registeredAt: z.int(),
  tokenHash: Sha256.nullable(),
  stepsOpen: z.boolean(),
});

/** Reads the whole registry as of one moment: a batch is one transaction. */
export async function loadRegistry(db: Database): Promise<Registry> {
  const [stationRows, renditionRows, originRows, keyRows, slicerRows, openSteps] = await db.batch([
    db.select().from(stations).where(isNull(stations.deletedAt)).orderBy(asc(stations.slug)),
    db.select().from(renditions).orderBy(asc(renditions.station), asc(renditions.position)),
    db
      .select({ origin: origins, tokenHash: tokens.sha256 })
      .from(origins)
      .leftJoin(tokens, and(eq(tokens.id, origins.tokenId), isNull(tokens.revokedAt)))
      .orderBy(asc(origins.id)),
    db.select().from(streamKeys).orderBy(asc(streamKeys.station), asc(streamKeys.id)),
    db.select().from(slicers).orderBy(asc(slicers.station), asc(slicers.origin)),
    db.selectDistinct({ origin: evictionSteps.origin }).from(evictionSteps).where(isNull(evictionSteps.endedAt)),
  ]);
  const busy = new Set(openSteps.map(({ origin }) => origin));
  const renditionsOf = Map.groupBy(renditionRows, (row) => row.station);
  return {
    stations: stationRows.map((row) => ({
      ...StationRow.parse(row),
      renditions: (renditionsOf.get(row.slug) ?? []).map(({ name }) => RenditionName.parse(name)),
    })),
    origins: originRows.map(({ origin, tokenHash }) =>
      OriginRow.parse({ ...origin, tokenHash, stepsOpen: busy.has(origin.id) }),
    ),
    keys: keyRows.map(({ id, station, name, sha256 }) => ({ id, station, name, sha256: Sha256.parse(sha256) })),
    slicers: slicerRows.map(({ station, origin }) => ({ station, origin })),
  };
}
