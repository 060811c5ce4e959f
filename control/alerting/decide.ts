import type { ChannelName, MessageReason } from "../db/alert-messages.ts";
import type { alerts } from "../db/schema.ts";
import { type Contact, callList, type Recipient } from "./call-list.ts";
import type { Fault } from "./fault.ts";
import { ALERT_KINDS } from "./kinds.ts";
import { ALERTING } from "./policy.ts";
import type { ToldFault } from "./told-faults.ts";
import { ripeFaults, type Watch } from "./watch.ts";

export type Alert = typeof alerts.$inferSelect;

export type Situation = {
  /** All alerts that are open. */
  open: readonly Alert[];
  /** Null while nobody is judged: then standing faults neither begin nor end. */
  watch: Watch | null;
  told: readonly ToldFault[];
  contacts: readonly Contact[];
  /** The channels that are set up. */
  channels: ReadonlySet<ChannelName>;
  escalateAfterMs: number;
};

export type Notice = Recipient & { reason: MessageReason };
export type Raise = { key: string; fault: Fault; since: number; endsAt: number | null; notices: Notice[] };
export type Escalation = { alert: Alert; notices: Notice[] };

export type Decision = {
  raise: Raise[];
  /** Alerts whose incident came again: they last longer. */
  extend: { alert: Alert; endsAt: number }[];
  resolve: Alert[];
  escalate: Escalation[];
};

/** What is to be raised, what is over, and who is to be told next. One fault is one alert while it lasts. */
export function decide(situation: Situation, now: number): Decision {
  const { open, told, watch } = situation;
  const openByKey = new Map(open.map((alert) => [alert.key, alert]));
  const lastWord = new Map(told.map((change) => [change.key, change]));
  const over = open.filter((alert) => isOver(alert, watch, lastWord.get(alert.key), now));
  const lasting = open.filter((alert) => !over.includes(alert));
  return {
    raise: newFaults(situation, now)
      .filter(({ key }) => !openByKey.has(key))
      .slice(0, ALERTING.raisedPerSweep)
      .map((fresh) => ({ ...fresh, notices: firstNotices(situation, fresh.fault) })),
    extend: lasting.flatMap((alert) => {
      const change = lastWord.get(alert.key);
      return change?.fault && change.endsAt > (alert.endsAt ?? Number.POSITIVE_INFINITY)
        ? [{ alert, endsAt: change.endsAt }]
        : [];
    }),
    resolve: over,
    escalate: lasting.flatMap((alert) => escalation(situation, alert, now)),
  };
}

function newFaults({ watch, told }: Situation, now: number): Omit<Raise, "notices">[] {
  const standing = watch ? ripeFaults(watch, now) : [];
  return [
    ...standing.map(({ key, fault, since }) => ({ key, fault, since, endsAt: null })),
    ...told.flatMap(({ key, at, ...change }) => (change.fault ? [{ key, since: at, ...change }] : [])),
  ];
}

function isOver(alert: Alert, watch: Watch | null, change: ToldFault | undefined, now: number): boolean {
  if (alert.endsAt === null) return watch !== null && !watch.has(alert.key);
  return change ? change.fault === null : alert.endsAt <= now;
}

function firstNotices({ contacts, channels }: Situation, { kind, station, part }: Fault): Notice[] {
  const { severity } = ALERT_KINDS[kind];
  const working = new Set([...channels].filter((channel) => channel !== part));
  const [first = []] = callList(contacts, station, severity, working);
  return [...machines(working), ...first].map((recipient) => ({ ...recipient, reason: "raised" }));
}

/** The next contact of a critical alert that nobody has acknowledged in time; none when all have been told. */
function escalation({ contacts, channels, escalateAfterMs }: Situation, alert: Alert, now: number): Escalation[] {
  if (alert.severity !== "critical" || alert.acknowledgedAt !== null) return [];
  if (now - alert.steppedAt < escalateAfterMs) return [];
  const next = callList(contacts, alert.station, alert.severity, channels)[alert.step + 1];
  if (!next) return [];
  return [{ alert, notices: [...machines(channels), ...next].map((way) => ({ ...way, reason: "escalated" })) }];
}

/** The webhook hears of everything: what it makes of that is its own matter. */
function machines(channels: ReadonlySet<ChannelName>): Recipient[] {
  return channels.has("webhook") ? [{ channel: "webhook", address: "" }] : [];
}
