import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import type { MessageReason } from "../db/alert-messages.ts";
import { type Contact, callList, type Recipient } from "./call-list.ts";
import type { Channels } from "./channel.ts";
import type { Alert } from "./decide.ts";
import { ALERT_KINDS } from "./kinds.ts";
import { textOf } from "./text.ts";

/** How people hear that D1, where alerts and the outbox are, does not answer: past it, and by memory alone. */
export type LastResort = {
  /** D1 answered, and these are on call. */
  worked(contacts: readonly Contact[]): Promise<void>;
  /** D1 did not answer. Once that has lasted, the first contact and the webhook are told, once. */
  failed(): Promise<void>;
};

type LastResortDependencies = { channels: Channels; clock: Clock; log: Log };

export function createLastResort({ channels, clock, log }: LastResortDependencies): LastResort {
  const { severity, afterMs } = ALERT_KINDS["control-failing"];
  const setUp = new Set(channels.keys());
  const machines: Recipient[] = setUp.has("webhook") ? [{ channel: "webhook", address: "" }] : [];
  let recipients = machines;
  let outage: Alert | null = null;
  let isTold = false;

  async function tell(reason: MessageReason, alert: Alert): Promise<boolean> {
    const text = textOf([{ reason, alert }]);
    const message = { ...text, id: `${alert.id}-${reason}`, told: { event: reason, alert, text: text.text } };
    const outcomes = await Promise.all(
      recipients.map(({ channel, address }) => channels.get(channel)?.send(address, message)),
    );
    log.warn("told past the outbox", { reason, recipients: recipients.length });
    return outcomes.some((outcome) => outcome?.ok);
  }

  return {
    async worked(contacts) {
      const [first = []] = callList(contacts, null, severity, setUp);
      recipients = [...machines, ...first];
      const over = isTold ? outage : null;
      outage = null;
      isTold = false;
      if (over) await tell("resolved", { ...over, resolvedAt: clock.now() });
    },
    async failed() {
      outage ??= outageSince(clock.now());
      if (isTold || clock.now() - outage.since < afterMs) return;
      isTold = true;
      isTold = await tell("raised", outage);
    },
  };
}

function outageSince(since: number): Alert {
  const kind = "control-failing";
  const what = "D1 does not answer: no alert can be kept or repeated";
  const { severity } = ALERT_KINDS[kind];
  const nobody = { acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null, station: null, origin: null };
  const when = { since, raisedAt: since, endsAt: null, step: 0, steppedAt: since };
  return { id: crypto.randomUUID(), key: `${kind}/D1`, kind, severity, what, ...nobody, ...when };
}
