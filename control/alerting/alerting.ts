import { describe } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Context } from "../context.ts";
import { POLICY } from "../health/policy.ts";
import type { Contact } from "./call-list.ts";
import type { Channels } from "./channel.ts";
import { type Alert, decide } from "./decide.ts";
import { deliverMessages } from "./deliver.ts";
import { type AlertKind, kindOf } from "./kinds.ts";
import { createLastResort } from "./last-resort.ts";
import { ALERTING } from "./policy.ts";
import { readStored } from "./read-situation.ts";
import { recordDecision } from "./record.ts";
import { type AlertView, standingFaults } from "./standing-faults.ts";
import { toldFaults } from "./told-faults.ts";
import { type Watch, watchFaults } from "./watch.ts";

export type AlertingDependencies = Pick<Context, "db" | "clock" | "log"> & {
  channels: Channels;
  escalateAfterMs: number;
  random?: () => number;
};

export type Alerting = {
  /**
   * Raises, resolves and escalates alerts by what is wrong now, in one short turn at D1 now and then, and sets off the delivery of
   * what waits without awaiting it: no far side holds up who calls this. Throws when D1 does not do its part.
   */
  sweep(view: AlertView): Promise<void>;
  /** Resolves when no delivery is under way. */
  delivered(): Promise<void>;
};

/** One for the process: it remembers since when faults have lasted, and delivers once at a time. */
export function createAlerting(deps: AlertingDependencies): Alerting {
  const { db, clock, log, channels, escalateAfterMs, random = Math.random } = deps;
  const context = { db, clock, log, actor: "control" };
  let watch: Watch | null = null;
  const lastResort = createLastResort({ channels, clock, log });
  let delivery: Promise<void> | null = null;
  let onCall: readonly Contact[] = [];
  let judgedAt = Number.NEGATIVE_INFINITY;

  async function judge(view: AlertView): Promise<void> {
    const now = clock.now();
    const stored = await readStored(db, now);
    onCall = stored.contacts;
    if (view.judging) {
      watch = watchFaults(watch ?? watchOf(stored.open, now), [...standingFaults(view), ...stored.faults], now);
    }
    const decision = decide(
      {
        open: stored.open,
        watch: view.judging ? watch : null,
        told: toldFaults(stored.incidents, now),
        contacts: stored.contacts,
        channels: new Set(channels.keys()),
        escalateAfterMs,
      },
      now,
    );
    await recordDecision(context, decision, stored.readUpTo);
    for (const { key } of decision.raise) log.warn("alert raised", { key });
    for (const { key } of decision.resolve) log.info("alert resolved", { key });
  }

  async function deliver(isStored: boolean): Promise<void> {
    try {
      if (!isStored) return await lastResort.failed();
      await lastResort.worked(onCall);
      await deliverMessages({ db, clock, log, channels, random });
    } catch (thrown) {
      log.error("alerts could not be delivered; trying on", { error: describe(thrown) });
    } finally {
      delivery = null;
    }
  }

  return {
    async sweep(view) {
      if (clock.monotonic() - judgedAt < ALERTING.everyMs) return;
      judgedAt = clock.monotonic();
      let isStored = false;
      try {
        await withTimeout(POLICY.databaseTimeoutMs, "D1", () => judge(view));
        isStored = true;
      } finally {
        delivery ??= deliver(isStored);
      }
    },
    async delivered() {
      await delivery;
    },
  };
}

/** After a start, what is open counts as seen just now: it ends only when it has stayed away. */
function watchOf(open: readonly Alert[], now: number): Watch {
  return new Map(
    open
      .filter(({ endsAt, kind }) => endsAt === null && kindOf(kind) !== null)
      .map(({ key, kind, station, origin, what, since }) => {
        const fault = { kind: kind as AlertKind, station, origin, what };
        return [key, { fault, since, seenAt: now }];
      }),
  );
}
