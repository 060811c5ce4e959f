import { env } from "cloudflare:workers";
import { createLog } from "../../kit/log.ts";
import { CHANNELS, type ChannelName } from "../db/alert-messages.ts";
import { type Database, openDatabase } from "../db/database.ts";
import { alertMessages, alerts, contacts, cursors, incidents } from "../db/schema.ts";
import type { Outcome } from "../outbound/call.ts";
import { makeOrigin, makeRegistry, makeStation } from "../registry/test-registry.ts";
import { type Alerting, createAlerting } from "./alerting.ts";
import type { Contact } from "./call-list.ts";
import type { Channel, Outgoing } from "./channel.ts";
import type { Alert } from "./decide.ts";
import type { AlertView } from "./standing-faults.ts";

/** Values and a small world for the tests of alerting. */

export const START = 1_800_000_000_000;

export function makeView(parts: Partial<AlertView> = {}): AlertView {
  const origins = [makeOrigin("origin-1"), makeOrigin("origin-2")];
  return {
    registry: makeRegistry([makeStation("demo", { studio: "origin-1" })], origins),
    heard: [],
    alive: new Set(["origin-1", "origin-2"]),
    judging: true,
    failing: [],
    ...parts,
  };
}

export const allWell = makeView();
export const allGone = makeView({ alive: new Set() });

export function makeContact(parts: Partial<Contact> = {}): Contact {
  const id = crypto.randomUUID();
  return { id, station: null, name: "Ann", phone: "+491700000001", email: null, position: 0, createdAt: 0, ...parts };
}

export function makeAlert(parts: Partial<Alert> = {}): Alert {
  return {
    id: crypto.randomUUID(),
    key: "station-silent/demo/",
    kind: "station-silent",
    severity: "critical",
    station: "demo",
    origin: null,
    what: "No origin makes segments",
    since: START,
    raisedAt: START,
    endsAt: null,
    step: 0,
    steppedAt: START,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    ...parts,
  };
}

export type SentMessage = Outgoing & { channel: ChannelName; address: string };

export type AlertingWorld = {
  db: Database;
  sent: SentMessage[];
  /** What was logged. */
  lines: string[];
  /** What each channel answers from now on. */
  answers: Record<ChannelName, () => Promise<Outcome>>;
  advance(ms: number): void;
  now(): number;
  /** Sweeps once, `ms` after the last time, and waits for what it sends. */
  sweep(view: AlertView, ms?: number): Promise<void>;
  /** Alerting as it is after its process was replaced. */
  restart(): Alerting;
  stored(): Promise<Alert[]>;
};

/** Alerting with a real database, channels that remember, and a clock that stands still until told. */
export async function makeWorld(
  people: Contact[] = [],
  setUp: readonly ChannelName[] = CHANNELS,
): Promise<AlertingWorld> {
  const db = openDatabase(env.DB);
  for (const table of [alertMessages, alerts, contacts, cursors, incidents]) await db.delete(table);
  for (const person of people) await db.insert(contacts).values(person);
  let ms = START;
  const clock = { now: () => ms, monotonic: () => ms };
  const sent: SentMessage[] = [];
  const sending = async (): Promise<Outcome> => ({ ok: true });
  const answers = { sms: sending, email: sending, webhook: sending };
  const channels = new Map<ChannelName, Channel>(
    setUp.map((channel) => [
      channel,
      {
        send: (address, message) => {
          sent.push({ ...message, channel, address });
          return answers[channel]();
        },
      },
    ]),
  );
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  const start = () => createAlerting({ db, clock, log, channels, escalateAfterMs: 900_000, random: () => 1 });
  let alerting = start();
  const world: AlertingWorld = {
    db,
    sent,
    lines,
    answers,
    advance: (by) => {
      ms += by;
    },
    now: () => ms,
    sweep: async (view, after = 2000) => {
      ms += after;
      try {
        await alerting.sweep(view);
      } finally {
        await alerting.delivered();
      }
    },
    restart: () => {
      alerting = start();
      return alerting;
    },
    stored: () => db.select().from(alerts),
  };
  return world;
}
