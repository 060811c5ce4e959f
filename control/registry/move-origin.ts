import { and, eq, inArray, sql } from "drizzle-orm";
import type { OriginState, Role } from "../../contracts/fleet.ts";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { origins } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { statesThat } from "../health/states.ts";
import { conflict, notFound } from "../refusal.ts";

/** What an admin may do with an origin by hand: from which states, and to which. */
export const MOVES = {
  /** Out at once: not routed, uploads refused, told to do nothing. */
  evict: { from: ["registering", "trial", "active", "suspect", "draining"], to: "evicted", kind: "origin-evicted" },
  /** Out gently: it goes on uploading, and listeners get its segments only where nobody else has them. */
  drain: { from: ["active", "suspect"], to: "draining", kind: "origin-draining" },
  readmit: { from: ["evicted", "draining", "failed"], to: "active", kind: "origin-readmitted" },
} as const satisfies Record<string, { from: readonly OriginState[]; to: OriginState; kind: string }>;
export type Move = keyof typeof MOVES;

/**
 * Moves an origin by hand. Conflict: its state does not allow that, or it would be evicted although no other origin
 * alive has its roles (invariant 8). `alive` are the origins heard of lately.
 */
export async function moveOrigin(
  context: Context,
  id: OriginId,
  move: Move,
  alive: readonly OriginId[],
): Promise<void> {
  const { db } = context;
  const { from, to, kind } = MOVES[move];
  const origin = await db.query.origins.findFirst({ where: eq(origins.id, id) });
  if (!origin) throw notFound(`origin ${id}`);
  const isReplaceable =
    move === "evict" ? and(...origin.roles.map((role) => somebodyElseHas(role, id, alive))) : undefined;
  const [moved] = await db.batch([
    db
      .update(origins)
      .set({ state: to })
      .where(and(eq(origins.id, id), inArray(origins.state, [...from]), isReplaceable))
      .returning({ id: origins.id }),
    insertIncidentIfChanged(db, incidentOf(context, { kind, origin: id, message: `by hand, from ${origin.state}` })),
  ]);
  if (moved.length > 0) return;
  if ((from as readonly OriginState[]).includes(origin.state)) {
    throw conflict("last_origin", `No other origin alive could do the work of ${id}.`);
  }
  throw conflict("wrong_state", `${id} is ${origin.state}: that cannot be done now.`);
}

function somebodyElseHas(role: Role, id: OriginId, alive: readonly OriginId[]) {
  const able = statesThat((powers) => (role === "studio" ? powers.studioRank !== null : powers.routed !== "never"));
  return sql`exists (
    select 1 from ${origins} as other, json_each(other.roles) as role
    where other.id <> ${id} and role.value = ${role}
      and other.state in (select value from json_each(${JSON.stringify(able)}))
      and other.id in (select value from json_each(${JSON.stringify(alive)}))
  )`;
}
