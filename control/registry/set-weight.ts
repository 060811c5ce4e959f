import { eq } from "drizzle-orm";
import { z } from "zod";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { origins } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { notFound } from "../refusal.ts";

export const OriginChange = z.strictObject({ weight: z.number().min(0).max(1000) });

/** Sets an origin's share of the traffic, relative to the others'. */
export async function setWeight(context: Context, id: OriginId, input: z.input<typeof OriginChange>): Promise<void> {
  const { weight } = OriginChange.parse(input);
  const { db } = context;
  const [changed] = await db.batch([
    db.update(origins).set({ weight }).where(eq(origins.id, id)).returning({ id: origins.id }),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: "weight-changed", origin: id, message: `its weight is ${weight}` }),
    ),
  ]);
  if (changed.length === 0) throw notFound(`origin ${id}`);
}
