import { and, eq, isNull, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../context.ts";
import { alertMessages, alerts, cursors } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import type { Alert, Decision, Escalation, Notice, Raise } from "./decide.ts";
import { ALERT_KINDS } from "./kinds.ts";

type Write = BatchItem<"sqlite">;

/** The row of `cursors` that says which incidents alerting has read. */
export const INCIDENTS_CURSOR = "alerts";

/**
 * Brings a decision into D1 in one transaction: the alerts, what is to be told of them, the incidents, and how far
 * incidents were read. Throws when somebody else decided at the same time; nothing is written then.
 */
export async function recordDecision(context: Context, decision: Decision, readUpTo: number | null): Promise<void> {
  const writes: Write[] = [
    ...decision.resolve.flatMap((alert) => resolution(context, alert)),
    ...decision.extend.map(({ alert, endsAt }) =>
      context.db.update(alerts).set({ endsAt }).where(eq(alerts.id, alert.id)),
    ),
    ...decision.raise.flatMap((raise) => raising(context, raise)),
    ...decision.escalate.flatMap((escalation) => stepping(context, escalation)),
  ];
  if (readUpTo !== null) writes.push(readingUpTo(context, readUpTo));
  const [first, ...rest] = writes;
  if (first) await context.db.batch([first, ...rest]);
}

function raising(context: Context, { key, fault, since, endsAt, notices }: Raise): Write[] {
  const { db, clock } = context;
  const { kind, station, origin, what } = fault;
  const id = crypto.randomUUID();
  const now = clock.now();
  const { severity } = ALERT_KINDS[kind];
  const row = { id, key, kind, severity, station, origin, what, since, endsAt, raisedAt: now, step: 0, steppedAt: now };
  return [
    db.insert(alerts).values(row),
    incidentOfAlert(context, "alert-raised", { ...row, acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null }),
    ...notices.map((notice) => insertNotice(context, id, notice)),
  ];
}

/** Who was told of the beginning is told of the end; what was not sent yet is not worth sending any more. */
function resolution(context: Context, alert: Alert): Write[] {
  const { db, clock } = context;
  const now = clock.now();
  const isOfIt = eq(alertMessages.alert, alert.id);
  return [
    db
      .update(alerts)
      .set({ resolvedAt: now })
      .where(and(eq(alerts.id, alert.id), isNull(alerts.resolvedAt))),
    incidentOfAlert(context, "alert-resolved", alert),
    db.insert(alertMessages).select(
      sql`select lower(hex(randomblob(16))), ${alert.id}, 'resolved', channel, address, 'pending', 0, ${now}, null, null
          from (select distinct channel, address from ${alertMessages}
                where ${isOfIt} and (state = 'sent' or (state = 'pending' and attempts > 0)))`,
    ),
    db
      .update(alertMessages)
      .set({ state: "dropped", doneAt: now })
      .where(and(isOfIt, eq(alertMessages.state, "pending"), sql`${alertMessages.reason} <> 'resolved'`)),
  ];
}

function stepping(context: Context, { alert, notices }: Escalation): Write[] {
  const { db, clock } = context;
  const isAsDecided = and(
    eq(alerts.id, alert.id),
    eq(alerts.step, alert.step),
    isNull(alerts.acknowledgedAt),
    isNull(alerts.resolvedAt),
  );
  return [
    db
      .update(alerts)
      .set({ step: alert.step + 1, steppedAt: clock.now() })
      .where(isAsDecided),
    incidentOfAlert(context, "alert-escalated", alert),
    ...notices.map((notice) => insertNotice(context, alert.id, notice)),
  ];
}

/** For a batch, after a write it depends on: nothing is told of what did not change. */
function insertNotice({ db, clock }: Context, alert: string, { reason, channel, address }: Notice): Write {
  return db
    .insert(alertMessages)
    .select(
      sql`select ${crypto.randomUUID()}, ${alert}, ${reason}, ${channel}, ${address}, 'pending', 0, ${clock.now()}, null, null where changes() > 0`,
    );
}

function incidentOfAlert(context: Context, kind: string, { id, station, origin, what, kind: alertKind }: Alert): Write {
  const place = { ...(station === null ? {} : { station }), ...(origin === null ? {} : { origin }) };
  const message = `${alertKind}: ${what} (alert ${id})`;
  return insertIncidentIfChanged(context.db, incidentOf(context, { kind, ...place, message }));
}

function readingUpTo({ db }: Context, position: number): Write {
  return db
    .insert(cursors)
    .values({ name: INCIDENTS_CURSOR, position })
    .onConflictDoUpdate({ target: cursors.name, set: { position } });
}
