import { and, eq, isNull } from "drizzle-orm";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { stations } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { notFound } from "../refusal.ts";

/** Lets a live host go on air, or takes the host off. Doing so again changes nothing. */
export async function allowLive(context: Context, slug: StationSlug, allowed: boolean): Promise<void> {
  const { db } = context;
  const [changed] = await db.batch([
    db
      .update(stations)
      .set({ liveAllowed: allowed })
      .where(and(eq(stations.slug, slug), isNull(stations.deletedAt)))
      .returning({ slug: stations.slug }),
    insertIncidentIfChanged(
      db,
      incidentOf(context, {
        kind: allowed ? "live-started" : "live-stopped",
        station: slug,
        message: allowed ? "a live host may go on air" : "no live host may be on air",
      }),
    ),
  ]);
  if (changed.length === 0) throw notFound(`station ${slug}`);
}
