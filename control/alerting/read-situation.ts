import { and, asc, desc, eq, getTableColumns, inArray, isNull, sql } from "drizzle-orm";
import { CHANNELS, type ChannelName } from "../db/alert-messages.ts";
import type { Database } from "../db/database.ts";
import { alertMessages, alerts, contacts, cursors, incidents } from "../db/schema.ts";
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
  /** The channels whose last message had to be given up. */
  undelivered: Fault[];
};

/** Reads, as of one moment, all that alerting decides upon. */
export async function readStored(db: Database): Promise<Stored> {
  const rowid = sql<number>`${incidents}.rowid`;
  const position = sql`coalesce((select position from ${cursors} where name = ${INCIDENTS_CURSOR}), 0)`;
  const [open, people, news, ...last] = await db.batch([
    db.select().from(alerts).where(isNull(alerts.resolvedAt)).orderBy(asc(alerts.raisedAt), asc(alerts.id)),
    db.select().from(contacts).limit(ALERTING.contacts),
    db
      .select({ ...getTableColumns(incidents), rowid })
      .from(incidents)
      .where(sql`${rowid} > ${position}`)
      .orderBy(rowid)
      .limit(ALERTING.incidentsPerSweep),
    ...CHANNELS.map((channel) => lastDone(db, channel)),
  ]);
  return {
    open,
    contacts: people,
    incidents: news.map(({ rowid: _, ...incident }) => incident),
    readUpTo: news.at(-1)?.rowid ?? null,
    undelivered: last.flat().flatMap(({ channel, state, error }) => {
      if (state !== "parked") return [];
      const what = `The last message by ${channel} was given up: ${error ?? "no reason known"}`;
      return [{ kind: "alerts-undelivered", station: null, origin: null, part: channel, what } satisfies Fault];
    }),
  };
}

function lastDone(db: Database, channel: ChannelName) {
  return db
    .select({ channel: alertMessages.channel, state: alertMessages.state, error: alertMessages.error })
    .from(alertMessages)
    .where(and(eq(alertMessages.channel, channel), inArray(alertMessages.state, ["sent", "parked"])))
    .orderBy(desc(alertMessages.doneAt))
    .limit(1);
}
