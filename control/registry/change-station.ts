import { and, eq, isNull, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { z } from "zod";
import { Delivery } from "../../contracts/delivery.ts";
import { LivePolicy, LiveSilenceSeconds } from "../../contracts/fleet.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { renditions, stations } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { notFound } from "../refusal.ts";
import { StationName, StationRenditions } from "./create-station.ts";

/** The length of segments is not here: their numbers follow from it, and players would see them jump. */
export const StationChange = z
  .strictObject({
    name: StationName.optional(),
    renditions: StationRenditions.optional(),
    livePolicy: LivePolicy.optional(),
    liveSilenceSeconds: LiveSilenceSeconds.unwrap().optional(),
    delivery: Delivery.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "nothing to change");

/** Changes what is given. A change of the live policy starts that policy anew: `auto` allows live, `armed` does not. */
export async function changeStation(
  context: Context,
  slug: StationSlug,
  input: z.input<typeof StationChange>,
): Promise<void> {
  const change = StationChange.parse(input);
  const { db } = context;
  const isIt = and(eq(stations.slug, slug), isNull(stations.deletedAt));
  const { livePolicy: policy, delivery } = change;
  const update = db
    .update(stations)
    .set({
      slug,
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.liveSilenceSeconds === undefined ? {} : { liveSilenceSeconds: change.liveSilenceSeconds }),
      ...(delivery === undefined ? {} : { delivery, listedUntil: listedUntil(delivery, context.clock.now()) }),
      ...(policy === undefined
        ? {}
        : {
            livePolicy: policy,
            liveAllowed: sql`iif(${stations.livePolicy} = ${policy}, ${stations.liveAllowed}, ${policy === "auto"})`,
          }),
    })
    .where(isIt)
    .returning({ slug: stations.slug });
  const message = `changed: ${JSON.stringify(change)}`;
  const incident = insertIncidentIfChanged(
    db,
    incidentOf(context, { kind: "station-changed", station: slug, message }),
  );
  const steps: BatchItem<"sqlite">[] = change.renditions
    ? [
        db.delete(renditions).where(eq(renditions.station, slug)),
        db.insert(renditions).select(
          sql`select ${stations.slug}, value, key from ${stations}, json_each(${JSON.stringify(change.renditions)})
              where ${isIt}`,
        ),
      ]
    : [];
  const [changed] = await db.batch([update, incident, ...steps]);
  if (changed.length === 0) throw notFound(`station ${slug}`);
}

/** Of players that began with the bucket's playlists hardly one listens on for longer. */
const KEPT_LISTED_MS = 86_400_000;

/** From the day on which a station takes the edge's way again; null before. */
function listedUntil(delivery: Delivery, now: number) {
  if (delivery !== "edge") return null;
  return sql`iif(${stations.delivery} = 'edge', ${stations.listedUntil}, ${now + KEPT_LISTED_MS})`;
}
