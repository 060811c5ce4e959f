import { and, asc, count, eq, gt, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import { MOST_RELAYS_ON_TRIAL, RelayUrl, withoutSecrets } from "../../contracts/relay.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { relays, scheduleEntries } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged, insertIncidentOnce } from "../health/incident.ts";
import { conflict, notFound, Refusal } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";
import { touchPlan } from "../schedule/touch-plan.ts";
import { refusalOf } from "./allowed-address.ts";

const RELAYS_PER_STATION = 50;

export const NewRelay = z.strictObject({
  name: z.string().trim().min(1).max(100),
  url: RelayUrl,
  isTrial: z.boolean().default(false),
});

export const RelayChange = z
  .strictObject({
    name: NewRelay.shape.name.optional(),
    url: RelayUrl.optional(),
    isTrial: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "nothing to change");

/** A relay for people: its address without what may be a credential. */
export type StoredRelay = {
  id: string;
  name: string;
  address: string;
  isOnAir: boolean;
  isTrial: boolean;
  createdAt: number;
};

export type RelayContext = Context & { isPrivateAllowed: boolean };

/** Relays by name. */
export async function listRelays(
  context: Context,
  station: StationSlug,
  input: z.input<typeof PageQuery>,
): Promise<Page<StoredRelay>> {
  const { limit, cursor } = PageQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.string(), z.string()]));
  await readStation(context, station);
  const { name, id } = relays;
  const rows = await context.db
    .select()
    .from(relays)
    .where(
      and(
        eq(relays.station, station),
        behind ? or(gt(name, behind[0]), and(eq(name, behind[0]), gt(id, behind[1]))) : undefined,
      ),
    )
    .orderBy(asc(name), asc(id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.name, row.id]);
  return { items: page.items.map(forPeople), next: page.next };
}

export async function readRelay(context: Context, station: StationSlug, id: string): Promise<StoredRelay> {
  return forPeople(await readRow(context, station, id));
}

/** Throws a Refusal (422), and tells of it, for an address that no relay may have. */
export async function createRelay(
  context: RelayContext,
  station: StationSlug,
  input: z.input<typeof NewRelay>,
): Promise<StoredRelay> {
  const { name, url, isTrial } = NewRelay.parse(input);
  const { db, clock } = context;
  await readStation(context, station);
  await requireAllowed(context, station, url);
  if (isTrial) await requireRoomForTrial(context, station);
  const [present] = await db.select({ number: count() }).from(relays).where(eq(relays.station, station));
  if ((present?.number ?? 0) >= RELAYS_PER_STATION) {
    throw conflict("too_many_relays", `A station may have ${RELAYS_PER_STATION} relays.`);
  }
  const row = { id: crypto.randomUUID(), station, name, url, isOnAir: false, isTrial, createdAt: clock.now() };
  await db.batch([
    db.insert(relays).values(row),
    insertIncidentIfChanged(db, incidentOf(context, told("created", row))),
    touchPlan(db, station),
  ]);
  return forPeople(row);
}

/** One that goes on trial is taken off the air. */
export async function changeRelay(
  context: RelayContext,
  station: StationSlug,
  id: string,
  input: z.input<typeof RelayChange>,
): Promise<StoredRelay> {
  const change = RelayChange.parse(input);
  const { db } = context;
  const present = await readRow(context, station, id);
  if (change.url !== undefined) await requireAllowed(context, station, change.url);
  if (change.isTrial && !present.isTrial) await requireRoomForTrial(context, station);
  const { name = present.name, url = present.url, isTrial = present.isTrial } = change;
  const next = { ...present, name, url, isTrial, isOnAir: present.isOnAir && !isTrial };
  await db.batch([
    db
      .update(relays)
      .set({ name, url, isTrial, isOnAir: sql`${relays.isOnAir} and not ${isTrial}` })
      .where(isIt(station, id)),
    insertIncidentIfChanged(db, incidentOf(context, told("changed", next))),
    touchPlan(db, station),
  ]);
  return forPeople(next);
}

/** Throws a Refusal (409) while the schedule names it. */
export async function deleteRelay(context: Context, station: StationSlug, id: string): Promise<void> {
  const { db } = context;
  const row = await readRow(context, station, id);
  const isUnused = sql`not exists (select 1 from ${scheduleEntries}
    where station = ${station} and json_extract(content, '$.relay') = ${id})`;
  const [deleted] = await db.batch([
    db
      .delete(relays)
      .where(and(isIt(station, id), isUnused))
      .returning({ id: relays.id }),
    insertIncidentIfChanged(db, incidentOf(context, told("deleted", row))),
    touchPlan(db, station),
  ]);
  if (deleted.length === 0) throw conflict("relay_in_use", "The station's schedule plays this relay.");
}

/** Puts a relay on air by hand, in place of any other, until it is taken off. Throws a Refusal (409) for one on trial. */
export async function startRelay(context: Context, station: StationSlug, id: string): Promise<StoredRelay> {
  const { db } = context;
  const row = await readRow(context, station, id);
  if (row.isTrial) throw conflict("relay_on_trial", "A relay on trial is measured, and never put on air.");
  await db.batch([
    db
      .update(relays)
      .set({ isOnAir: sql`${relays.id} = ${id}` })
      .where(eq(relays.station, station)),
    insertIncidentIfChanged(db, incidentOf(context, told("started", row))),
    touchPlan(db, station),
  ]);
  return forPeople({ ...row, isOnAir: true });
}

/** Takes a relay off that was put on air by hand; what the schedule says of it goes on. */
export async function stopRelay(context: Context, station: StationSlug, id: string): Promise<StoredRelay> {
  const { db } = context;
  const row = await readRow(context, station, id);
  await db.batch([
    db.update(relays).set({ isOnAir: false }).where(isIt(station, id)),
    insertIncidentIfChanged(db, incidentOf(context, told("stopped", row))),
    touchPlan(db, station),
  ]);
  return forPeople({ ...row, isOnAir: false });
}

/** Throws a Refusal (422) unless it is a relay of the station that may be on air. */
export async function requireRelay({ db }: Context, station: StationSlug, id: string): Promise<void> {
  const [row] = await db.select({ isTrial: relays.isTrial }).from(relays).where(isIt(station, id));
  if (!row) throw new Refusal(422, "no_such_relay", `The station has no relay ${id}.`);
  if (row.isTrial) throw new Refusal(422, "relay_on_trial", `The relay ${id} is on trial: it is never put on air.`);
}

type Row = typeof relays.$inferSelect;

async function readRow({ db }: Context, station: StationSlug, id: string): Promise<Row> {
  const [row] = await db.select().from(relays).where(isIt(station, id));
  if (!row) throw notFound(`relay ${id} of station ${station}`);
  return row;
}

async function requireRoomForTrial({ db }: Context, station: StationSlug): Promise<void> {
  const isOnTrial = and(eq(relays.station, station), eq(relays.isTrial, true));
  const [present] = await db.select({ number: count() }).from(relays).where(isOnTrial);
  if ((present?.number ?? 0) >= MOST_RELAYS_ON_TRIAL) {
    throw conflict("too_many_trials", `A station may have ${MOST_RELAYS_ON_TRIAL} relays on trial.`);
  }
}

async function requireAllowed(context: RelayContext, station: StationSlug, url: string): Promise<void> {
  const refusal = refusalOf(url, context.isPrivateAllowed);
  if (refusal === null) return;
  const message = `${withoutSecrets(url)}: ${refusal}`;
  await insertIncidentOnce(context.db, incidentOf(context, { kind: "relay-refused", station, message }));
  throw new Refusal(422, "relay_refused", `No relay may lead there: ${refusal}.`);
}

function isIt(station: StationSlug, id: string) {
  return and(eq(relays.station, station), eq(relays.id, id));
}

function forPeople({ id, name, url, isOnAir, isTrial, createdAt }: Row): StoredRelay {
  return { id, name, address: withoutSecrets(url), isOnAir, isTrial, createdAt };
}

function told(verb: string, { station, id, name, url }: Pick<Row, "station" | "id" | "name" | "url">) {
  return { kind: `relay-${verb}`, station, message: `relay ${id}, "${name}", ${withoutSecrets(url)}`.slice(0, 1000) };
}
