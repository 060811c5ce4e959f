import { and, asc, desc, eq, getTableColumns, inArray, isNull, lt, sql } from "drizzle-orm";
import { CHANNELS, type ChannelName } from "../db/alert-messages.ts";
import type { Database } from "../db/database.ts";
import { alertMessages, alerts, contacts, cursors, incidents, plans, stations } from "../db/schema.ts";
import type { Incident } from "../health/incident.ts";
import type { Contact } from "./call-list.ts";
import type { Alert } from "./decide.ts";
import type { Fault } from "./fault.ts";
import { ALERTING } from "./policy.ts";
import { INCIDENTS_CURSOR } from "./record.ts";

export type Stored = {
  open: Alert[];
  contacts: Contact[];
  /** Incidents that alerting has not read yet, in the order in which they were recorded. */
  incidents: Incident[];
  /** Where the last of them stands; null when there is none. */
  readUpTo: number | null;
  /** What is wrong by what stands in D1. */
  faults: Fault[];
};

/** Reads, as of one moment, all that alerting decides upon. `now` is Unix ms. */
export async function readStored(db: Database, now: number): Promise<Stored> {
  const rowid = sql<number>`${incidents}.rowid`;
  const position = sql`coalesce((select position from ${cursors} where name = ${INCIDENTS_CURSOR}), 0)`;
  const [open, people, news, plansDue, ...last] = await db.batch([
    db.select().from(alerts).where(isNull(alerts.resolvedAt)).orderBy(asc(alerts.raisedAt), asc(alerts.id)),
    db.select().from(contacts).limit(ALERTING.contacts),
    db
      .select({ ...getTableColumns(incidents), rowid })
      .from(incidents)
      .where(sql`${rowid} > ${position}`)
      .orderBy(rowid)
      .limit(ALERTING.incidentsPerSweep),
    unpublishedPlans(db, now),
    ...CHANNELS.map((channel) => lastDone(db, channel)),
  ]);
  return {
    open,
    contacts: people,
    incidents: news.map(({ rowid: _, ...incident }) => incident),
    readUpTo: news.at(-1)?.rowid ?? null,
    faults: [...last.flat().flatMap(undelivered), ...plansDue.map(unpublished)],
  };
}

type LastDone = Pick<typeof alertMessages.$inferSelect, "channel" | "state" | "error">;

/** The channel, if its last message had to be given up. */
function undelivered({ channel, state, error }: LastDone): Fault[] {
  if (state !== "parked") return [];
  const what = `The last message by ${channel} was given up: ${error ?? "no reason known"}`;
  return [{ kind: "alerts-undelivered", station: null, origin: null, part: channel, what }];
}

function unpublished({ station, failure }: Pick<typeof plans.$inferSelect, "station" | "failure">): Fault {
  const what = `Its plan cannot be published: ${failure ?? "control ends in the middle of it, without a word"}`;
  return { kind: "plan-unpublished", station, origin: null, what };
}

function unpublishedPlans(db: Database, now: number) {
  return db
    .select({ station: plans.station, failure: plans.failure })
    .from(plans)
    .innerJoin(stations, eq(stations.slug, plans.station))
    .where(and(lt(plans.tryingSince, now - ALERTING.planAfterMs), isNull(stations.deletedAt)))
    .orderBy(asc(plans.station));
}

function lastDone(db: Database, channel: ChannelName) {
  return db
    .select({ channel: alertMessages.channel, state: alertMessages.state, error: alertMessages.error })
    .from(alertMessages)
    .where(and(eq(alertMessages.channel, channel), inArray(alertMessages.state, ["sent", "parked"])))
    .orderBy(desc(alertMessages.doneAt))
    .limit(1);
}
