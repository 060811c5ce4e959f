import { and, asc, eq, gt, inArray, lte, sql } from "drizzle-orm";
import { withTimeout } from "../../kit/race.ts";
import { backoff } from "../../kit/retry.ts";
import type { Context } from "../context.ts";
import { alertMessages, alerts } from "../db/schema.ts";
import { POLICY } from "../health/policy.ts";
import type { Outcome } from "../outbound/call.ts";
import { type Batch, batchesOf, type Sent, type Waiting } from "./batches.ts";
import type { Channels } from "./channel.ts";
import { ALERTING } from "./policy.ts";
import { textOf } from "./text.ts";

export type DeliverDependencies = Pick<Context, "db" | "clock" | "log"> & { channels: Channels; random: () => number };

/**
 * Sends what is due in the outbox, a bounded part of it, each message at least once: what was sent but could not be
 * noted is sent again. What fails waits longer each time, and is parked after the last try. Throws when D1 fails.
 */
export async function deliverMessages(deps: DeliverDependencies): Promise<void> {
  const now = deps.clock.now();
  const { due, sent } = await inTime(() => readOutbox(deps, now));
  await Promise.all(batchesOf(due, sent, now).map((batch) => deliverBatch(deps, batch)));
}

async function readOutbox({ db }: DeliverDependencies, now: number): Promise<{ due: Waiting[]; sent: Sent[] }> {
  const { channel, address, doneAt } = alertMessages;
  // Not in a batch: there D1 answers by column name, and both tables have some of the same name.
  const [due, sent] = await Promise.all([
    db
      .select({ message: alertMessages, alert: alerts })
      .from(alertMessages)
      .innerJoin(alerts, eq(alerts.id, alertMessages.alert))
      .where(and(eq(alertMessages.state, "pending"), lte(alertMessages.nextAt, now)))
      .orderBy(asc(alertMessages.nextAt), asc(alertMessages.id))
      .limit(ALERTING.messagesPerRound),
    db
      .selectDistinct({ channel, address, at: doneAt })
      .from(alertMessages)
      .where(
        and(
          inArray(channel, ["sms", "email"]),
          gt(doneAt, now - ALERTING.floodWindowMs),
          eq(alertMessages.state, "sent"),
        ),
      )
      .limit(ALERTING.messagesPerRound),
  ]);
  return { due, sent: sent.flatMap(({ at, ...recipient }) => (at === null ? [] : [{ ...recipient, at }])) };
}

async function deliverBatch(deps: DeliverDependencies, batch: Batch): Promise<void> {
  const { channel, address } = batch;
  const waiting = await inTime(() => claim(deps, batch));
  if (waiting.length === 0) return;
  const outcome = await send(deps, batch, waiting);
  await inTime(() => note(deps, waiting, outcome));
  if (!outcome.ok)
    deps.log.warn("an alert was not delivered", { channel, alerts: waiting.length, reason: outcome.reason });
  else deps.log.info("alert delivered", { channel, alerts: waiting.length, to: address.slice(-4) });
}

/** Takes the messages for itself; answers those that nobody else has taken or dropped meanwhile. */
async function claim({ db, clock }: DeliverDependencies, { waiting }: Batch): Promise<Waiting[]> {
  const now = clock.now();
  const taken = await db
    .update(alertMessages)
    .set({ nextAt: now + ALERTING.claimMs, attempts: sql`${alertMessages.attempts} + 1` })
    .where(and(isOneOf(waiting), eq(alertMessages.state, "pending"), lte(alertMessages.nextAt, now)))
    .returning({ id: alertMessages.id, attempts: alertMessages.attempts });
  const attempts = new Map(taken.map((row) => [row.id, row.attempts]));
  return waiting.flatMap(({ message, alert }) => {
    const attempt = attempts.get(message.id);
    return attempt === undefined ? [] : [{ message: { ...message, attempts: attempt }, alert }];
  });
}

async function send({ channels }: DeliverDependencies, batch: Batch, waiting: Waiting[]): Promise<Outcome> {
  const channel = channels.get(batch.channel);
  const [first] = waiting;
  if (!channel || !first) return { ok: false, retry: false, reason: `${batch.channel} is not set up any more` };
  const text = textOf(waiting.map(({ message, alert }) => ({ reason: message.reason, alert })));
  const told = { event: first.message.reason, alert: first.alert, text: text.text };
  return channel.send(batch.address, { ...text, id: first.message.id, told });
}

async function note({ db, clock, random }: DeliverDependencies, waiting: Waiting[], outcome: Outcome): Promise<void> {
  const now = clock.now();
  if (outcome.ok) {
    await db.update(alertMessages).set({ state: "sent", doneAt: now, error: null }).where(isOneOf(waiting));
    return;
  }
  const isPending = eq(alertMessages.state, "pending");
  const error = outcome.reason.slice(0, 300);
  const isLast = ({ message }: Waiting) => !outcome.retry || message.attempts >= ALERTING.attempts;
  const parked = waiting.filter(isLast);
  const repeated = waiting.filter((one) => !isLast(one));
  const tries = Math.max(0, ...repeated.map(({ message }) => message.attempts));
  await db.batch([
    db
      .update(alertMessages)
      .set({ nextAt: now + backoff(tries - 1, ALERTING.backoff, random), error })
      .where(and(isOneOf(repeated), isPending)),
    db
      .update(alertMessages)
      .set({ state: "parked", doneAt: now, error })
      .where(and(isOneOf(parked), isPending)),
    db
      .update(alerts)
      .set({ steppedAt: 0 })
      .where(sql`id in (select value from json_each(${JSON.stringify(parked.map(({ alert }) => alert.id))}))
        and not exists (select 1 from ${alertMessages} where alert = ${alerts}.id
          and channel <> 'webhook' and state in ('pending', 'sent'))`),
  ]);
}

function isOneOf(waiting: readonly Waiting[]) {
  return sql`${alertMessages.id} in (select value from json_each(${JSON.stringify(waiting.map(({ message }) => message.id))}))`;
}

const inTime = <T>(work: () => Promise<T>) => withTimeout(POLICY.databaseTimeoutMs, "D1", work);
