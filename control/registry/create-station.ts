import { count, isNotNull, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { Delivery } from "../../contracts/delivery.ts";
import { LivePolicy, LiveSilenceSeconds } from "../../contracts/fleet.ts";
import { DEFAULT_RENDITIONS, RenditionName, StationSlug } from "../../contracts/names.ts";
import { DEFAULT_FRAMES_PER_SEGMENT, SEGMENT_LENGTHS } from "../../contracts/timeline.ts";
import { randomSecret } from "../auth/secret.ts";
import type { Context } from "../context.ts";
import { renditions, stations } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { conflict } from "../refusal.ts";
import { LIMITS, RESERVED_SLUGS } from "./limits.ts";

export const StationName = z.string().trim().min(1).max(100);

export const StationRenditions = z
  .array(RenditionName)
  .min(1)
  .max(6)
  .refine((names) => new Set(names).size === names.length, "each rendition once");

export const NewStation = z.strictObject({
  slug: StationSlug.refine((slug) => !RESERVED_SLUGS.has(slug), "this name is reserved"),
  name: StationName,
  framesPerSegment: z.literal(SEGMENT_LENGTHS).default(DEFAULT_FRAMES_PER_SEGMENT),
  renditions: StationRenditions.default([...DEFAULT_RENDITIONS]),
  livePolicy: LivePolicy.default("auto"),
  liveSilenceSeconds: LiveSilenceSeconds,
  delivery: Delivery.default("edge"),
});

/**
 * Puts a station into the registry; the next sweep gives it a studio and slicers. Conflict: the slug is taken. A slug
 * that was deleted before may return, and its generation goes on rising.
 */
export async function createStation(context: Context, input: z.input<typeof NewStation>): Promise<void> {
  const station = NewStation.parse(input);
  const { db } = context;
  const [taken] = await db.select({ stations: count() }).from(stations).where(isNull(stations.deletedAt));
  if ((taken?.stations ?? 0) >= LIMITS.stations) {
    throw conflict("too_many_stations", `There may be ${LIMITS.stations} stations at most.`);
  }
  const row = {
    slug: station.slug,
    name: station.name,
    framesPerSegment: station.framesPerSegment,
    livePolicy: station.livePolicy,
    liveAllowed: station.livePolicy === "auto",
    liveSilenceSeconds: station.liveSilenceSeconds,
    delivery: station.delivery,
    listedUntil: null,
    feedSecret: randomSecret(),
    studio: null,
    studioInstance: null,
    createdAt: context.clock.now(),
    deletedAt: null,
    clearedAt: null,
  };
  const [created] = await db.batch([
    db
      .insert(stations)
      .values(row)
      .onConflictDoUpdate({ target: stations.slug, set: row, setWhere: isNotNull(stations.deletedAt) })
      .returning({ slug: stations.slug }),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: "station-created", station: row.slug, message: `${row.name} was created` }),
    ),
    // The secret is this creation's own: it keeps a refused one from touching the renditions of the present station.
    db.insert(renditions).select(
      sql`select ${stations.slug}, value, key from ${stations}, json_each(${JSON.stringify(station.renditions)})
          where ${stations.slug} = ${row.slug} and ${stations.feedSecret} = ${row.feedSecret}`,
    ),
  ]);
  if (created.length === 0) throw conflict("station_exists", `There already is a station ${row.slug}.`);
}
