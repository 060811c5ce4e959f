import { and, eq, sql } from "drizzle-orm";
import type { OriginState, Role } from "../../contracts/fleet.ts";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { origins } from "../db/schema.ts";
import { isCovered } from "../health/apply-transition.ts";
import { insertStepsIfChanged, stepsFor } from "../health/eviction-steps.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { POWERS, statesThat } from "../health/states.ts";
import { conflict, notFound } from "../refusal.ts";
import type { Origin } from "./registry.ts";

/** What an admin may do with an origin by hand: from which states, and to which. */
export const MOVES = {
  /** Out at once: not routed, uploads refused, told to do nothing, until it is readmitted by hand. */
  evict: {
    kind: "origin-evicted",
    to: { registering: "evicted", trial: "evicted", active: "evicted", suspect: "evicted", draining: "evicted" },
  },
  /** Out gently: it goes on uploading, and listeners get its segments only where nobody else has them. */
  drain: { kind: "origin-draining", to: { active: "draining", suspect: "draining" } },
  /** One that drains is back at once, any other by proof: it goes on trial without the wait that relapses cost. */
  readmit: {
    kind: "origin-called-back",
    to: { draining: "active", evicted: "trial", reprovisioning: "trial", failed: "trial" },
  },
} as const satisfies Record<string, { kind: string; to: Partial<Record<OriginState, OriginState>> }>;
export type Move = keyof typeof MOVES;

/** Who is left when an origin goes: who was heard of lately and, for each of its stations, who else has fresh audio. */
export type StandIns = { alive: readonly OriginId[]; covers: readonly OriginId[][] };

/**
 * Moves an origin by hand. Conflict: its state does not allow that, or it would be evicted although no other origin
 * alive has its roles or none has fresh audio (invariant 8), which `isForced` overrides.
 */
export async function moveOrigin(
  context: Context,
  id: OriginId,
  move: Move,
  standIns: StandIns,
  isForced = false,
): Promise<void> {
  const { db } = context;
  const origin = await db.query.origins.findFirst({ where: eq(origins.id, id) });
  if (!origin) throw notFound(`origin ${id}`);
  const { kind } = MOVES[move];
  const targets: Partial<Record<OriginState, OriginState>> = MOVES[move].to;
  const to = targets[origin.state];
  if (!to) throw conflict("wrong_state", `${id} is ${origin.state}: that cannot be done now.`);
  const isChecked = move === "evict" && !isForced;
  const now = context.clock.now();
  const [moved] = await db.batch([
    db
      .update(origins)
      .set({
        state: to,
        stateSince: now,
        held: to === "evicted",
        ...(to === "evicted" ? { activeSince: null } : {}),
        ...(to === "trial" ? { tries: 0, evictions: 0 } : {}),
      })
      .where(
        and(
          eq(origins.id, id),
          eq(origins.state, origin.state),
          eq(origins.stateSince, origin.stateSince),
          isChecked ? isReplaceable(origin, standIns) : undefined,
        ),
      )
      .returning({ id: origins.id }),
    insertIncidentIfChanged(
      db,
      incidentOf(context, {
        kind,
        origin: id,
        message: `by hand, from ${origin.state}${isForced ? ", by force" : ""}`,
      }),
    ),
    insertStepsIfChanged(db, id, now, stepsFor(origin.state, to, true)),
  ]);
  if (moved.length > 0) return;
  if (isChecked && POWERS[origin.state].serves && standIns.covers.some((others) => others.length === 0)) {
    const what = `No other origin has fresh audio of each station that ${id} serves, so listeners would lose it.`;
    throw conflict("last_with_audio", `${what} \`force=true\` evicts it all the same.`);
  }
  if (isChecked) throw conflict("last_origin", `No other origin alive could do the work of ${id}.`);
  throw conflict("wrong_state", `${id} has just been moved by somebody else.`);
}

function isReplaceable({ id, roles, state }: Pick<Origin, "id" | "roles" | "state">, { alive, covers }: StandIns) {
  const isMissed = POWERS[state].serves;
  return and(...roles.map((role) => somebodyElseHas(role, id, alive)), isMissed ? isCovered(covers) : undefined);
}

function somebodyElseHas(role: Role, id: OriginId, alive: readonly OriginId[]) {
  const able = statesThat((powers) => (role === "studio" ? powers.studioRank !== null : powers.atWork));
  return sql`exists (
    select 1 from ${origins} as other, json_each(other.roles) as role
    where other.id <> ${id} and role.value = ${role}
      and other.state in (select value from json_each(${JSON.stringify(able)}))
      and other.id in (select value from json_each(${JSON.stringify(alive)}))
  )`;
}
