import { eq } from "drizzle-orm";
import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { APPROVALS } from "../db/libraries.ts";
import { libraries } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { readStation } from "../registry/read-stations.ts";

/** How a station keeps its library. */
export const Library = z.strictObject({
  /** `by-hand`: a reviewer decides what goes on air. `automatic`: whatever could be prepared does. */
  approval: z.enum(APPROVALS).default("by-hand"),
});
export type Library = z.infer<typeof Library>;

export async function readLibrary({ db }: Pick<Context, "db">, station: StationSlug): Promise<Library> {
  const row = await db.query.libraries.findFirst({ where: eq(libraries.station, station) });
  return Library.parse(row ? { approval: row.approval } : {});
}

export async function setLibrary(
  context: Context,
  station: StationSlug,
  input: z.input<typeof Library>,
): Promise<void> {
  const { approval } = Library.parse(input);
  const { db, clock } = context;
  await readStation(context, station);
  const row = { approval, updatedAt: clock.now() };
  await db.batch([
    db
      .insert(libraries)
      .values({ station, ...row })
      .onConflictDoUpdate({ target: libraries.station, set: row }),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: "library-changed", station, message: `files are approved ${approval}` }),
    ),
  ]);
}
