import { eq } from "drizzle-orm";
import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import { RotationRules, StationPlan } from "../../contracts/plan.ts";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { rotations } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { readStation } from "../registry/read-stations.ts";
import { requirePlaylists } from "./playlists.ts";
import { touchPlan } from "./touch-plan.ts";
import { TimeZone } from "./wall-clock.ts";

/** How a station plays its library, and by which clock its schedule goes. */
export const Rotation = z.strictObject({
  ...RotationRules.shape,
  timeZone: TimeZone.default("UTC"),
  /** Another seed is another order of everything that is left to chance. */
  seed: StationPlan.shape.seed.default(""),
  targetLoudness: StationPlan.shape.targetLoudness,
  /** Played where nothing is scheduled; null: the nodes' own folders. */
  playlist: z.uuid().nullable().default(null),
});
export type Rotation = z.infer<typeof Rotation>;

export async function readRotation(db: Database, station: StationSlug): Promise<Rotation> {
  const row = await db.query.rotations.findFirst({ where: eq(rotations.station, station) });
  return Rotation.parse(row?.value ?? {});
}

/** Sets all of it. Throws a Refusal (422) for a playlist that is not the station's. */
export async function setRotation(
  context: Context,
  station: StationSlug,
  input: z.input<typeof Rotation>,
): Promise<Rotation> {
  const value = Rotation.parse(input);
  const { db, clock } = context;
  await readStation(context, station);
  await requirePlaylists(context, station, [value.playlist, value.jingles?.playlist ?? null]);
  const row = { value, updatedAt: clock.now() };
  const message = `changed: ${JSON.stringify(value)}`.slice(0, 1000);
  await db.batch([
    db
      .insert(rotations)
      .values({ station, ...row })
      .onConflictDoUpdate({ target: rotations.station, set: row }),
    insertIncidentIfChanged(db, incidentOf(context, { kind: "rules-changed", station, message })),
    touchPlan(db, station),
  ]);
  return value;
}
