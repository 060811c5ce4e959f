import type { alertMessages } from "../db/schema.ts";
import type { Recipient } from "./call-list.ts";
import type { Alert } from "./decide.ts";
import { ALERTING } from "./policy.ts";

export type Waiting = { message: typeof alertMessages.$inferSelect; alert: Alert };
/** What goes out as one message. */
export type Batch = Recipient & { waiting: Waiting[] };
/** When a recipient got messages lately. */
export type Sent = Recipient & { at: number };

/**
 * Which of the messages that are due go out now, and together. A person who would get many gets a summary; one who
 * has got many lately waits a while and then gets one. The webhook gets each by itself.
 */
export function batchesOf(due: readonly Waiting[], sent: readonly Sent[], now: number): Batch[] {
  const byRecipient = Map.groupBy(due, ({ message }) => recipientKey(message));
  const sentTo = Map.groupBy(sent, recipientKey);
  const batches = [...byRecipient].flatMap(([key, waiting]) => {
    const [first] = waiting;
    if (!first) return [];
    const { channel, address } = first.message;
    const together = (some: Waiting[]): Batch => ({ channel, address, waiting: some });
    if (channel === "webhook") return waiting.map((one) => together([one]));
    const flooded = isFlooded(sentTo.get(key) ?? [], now);
    if (flooded === "hold") return [];
    return flooded === "summarise" || waiting.length > ALERTING.summariseAbove
      ? [together(waiting)]
      : waiting.map((one) => together([one]));
  });
  return batches.slice(0, ALERTING.sendsPerRound);
}

function isFlooded(sent: readonly Sent[], now: number): "hold" | "summarise" | "no" {
  const lately = sent.filter(({ at }) => at > now - ALERTING.floodWindowMs);
  if (lately.length < ALERTING.floodMessages) return "no";
  return lately.some(({ at }) => at > now - ALERTING.floodPauseMs) ? "hold" : "summarise";
}

function recipientKey({ channel, address }: Recipient): string {
  return `${channel} ${address}`;
}
