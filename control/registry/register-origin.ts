import { and, count, eq, isNull, ne, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { z } from "zod";
import { Registration } from "../../contracts/fleet.ts";
import { StationSlug } from "../../contracts/names.ts";
import { FIRST_WIRE } from "../../contracts/version.ts";
import type { Actor } from "../auth/authenticate.ts";
import { makeSecret } from "../auth/secret.ts";
import type { Context } from "../context.ts";
import { origins, stations, tokens } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { POLICY } from "../health/policy.ts";
import { conflict, Refusal } from "../refusal.ts";
import { LIMITS } from "./limits.ts";
import { refuseForeignWire } from "./refuse-wire.ts";

export const NewRegistration = Registration.extend({
  generations: z
    .record(StationSlug, z.int().nonnegative().max(LIMITS.generation))
    .refine((record) => Object.keys(record).length <= LIMITS.stations, "too many stations"),
});

const DEFAULT_WEIGHT = 100;

/**
 * A process of an origin presents itself. With the origin's own token it is believed. With the enrolment token it is
 * given a new token, which ends the old one: this is how a node joins, and how one that lost its token comes back.
 * So that nobody takes the name of a node at work, another process must have been silent for the policy's time
 * (`silentMs` is how long nothing was heard of the origin); the same process may ask again, its answer may be lost.
 * Returns the token, or null where the own one was used. Its state is kept: to be evicted is not undone by a restart.
 */
export async function registerOrigin(
  context: Context,
  actor: Actor,
  input: z.input<typeof NewRegistration>,
  silentMs: () => Promise<number>,
): Promise<string | null> {
  const registration = NewRegistration.parse(input);
  if (actor.kind === "origin") {
    if (actor.name !== registration.id) {
      throw new Refusal(403, "foreign_origin", `This token is ${actor.name}'s, not ${registration.id}'s.`);
    }
    await refuseForeignWire(context, registration);
    await reregister(context, registration);
    return null;
  }
  if (actor.kind !== "enrolment") {
    throw new Refusal(403, "not_enrolment", "Origins register with the enrolment token or with their own.");
  }
  await refuseForeignWire(context, registration);
  return enrol(context, registration, silentMs);
}

type NewRegistration = z.infer<typeof NewRegistration>;

async function reregister(context: Context, registration: NewRegistration): Promise<void> {
  const { db } = context;
  await db.batch([
    db
      .update(origins)
      .set({ instance: registration.instance })
      .where(and(eq(origins.id, registration.id), ne(origins.instance, registration.instance))),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: "origin-restarted", origin: registration.id, message: "a new process registered" }),
    ),
    db.update(origins).set(described(context, registration)).where(eq(origins.id, registration.id)),
    raiseGenerationFloor(context, registration),
  ]);
}

async function enrol(
  context: Context,
  registration: NewRegistration,
  silentMs: () => Promise<number>,
): Promise<string> {
  const { db } = context;
  const { id, instance } = registration;
  const present = await db.query.origins.findFirst({ where: eq(origins.id, id) });
  if (!present) {
    const [taken] = await db.select({ origins: count() }).from(origins);
    if ((taken?.origins ?? 0) >= LIMITS.origins) {
      throw conflict("too_many_origins", `There may be ${LIMITS.origins} origins at most.`);
    }
  } else if (present.instance !== instance && (await silentMs()) <= POLICY.enrolSilentMs) {
    throw conflict("origin_is_live", `Another process is at work as ${id}; it must be silent before it is replaced.`);
  }

  const secret = await makeSecret("origin");
  const tokenId = crypto.randomUUID();
  const now = context.clock.now();
  const change = { instance, tokenId, ...described(context, registration) };
  const isOurs = sql`exists (select 1 from ${origins} where ${origins.id} = ${id} and ${origins.tokenId} = ${tokenId})`;
  const steps: [BatchItem<"sqlite">, ...BatchItem<"sqlite">[]] = [
    insertIncidentIfChanged(
      db,
      incidentOf(context, {
        kind: "origin-enrolled",
        origin: id,
        message: `${present ? "again" : "new"}, at ${registration.url}`,
      }),
    ),
    db
      .update(tokens)
      .set({ revokedAt: now })
      .where(and(eq(tokens.origin, id), isNull(tokens.revokedAt), isOurs)),
    db
      .insert(tokens)
      .select(sql`select ${tokenId}, 'origin', ${id}, ${secret.sha256}, ${id}, ${now}, null where ${isOurs}`),
    raiseGenerationFloor(context, registration),
  ];
  const [registered] = await db.batch([
    db
      .insert(origins)
      .values({ id, ...change, state: "registering", stateSince: now, weight: DEFAULT_WEIGHT, createdAt: now })
      .onConflictDoUpdate({
        target: origins.id,
        set: change,
        setWhere: present ? eq(origins.tokenId, present.tokenId) : sql`false`,
      })
      .returning({ id: origins.id }),
    ...steps,
  ]);
  if (registered.length === 0) throw conflict("origin_is_live", `Another process has just registered as ${id}.`);
  return secret.plain;
}

function described(context: Context, { url, rtmpUrl, roles, version, wire = FIRST_WIRE }: NewRegistration) {
  return { url, rtmpUrl, roles, version, wire, registeredAt: context.clock.now() };
}

function raiseGenerationFloor({ db }: Context, { generations }: NewRegistration) {
  const reported = sql`json_each(${JSON.stringify(generations)})`;
  return db
    .update(stations)
    .set({
      generationFloor: sql`(select max(${stations.generationFloor}, value) from ${reported} where key = ${stations.slug})`,
    })
    .where(sql`${stations.slug} in (select key from ${reported})`);
}
