import type { Clock } from "../../kit/clock.ts";
import { attempt, type Fetch } from "../outbound/call.ts";
import { type Webhook, webhookCall } from "../outbound/webhook.ts";
import type { Channel } from "./channel.ts";
import { ALERTING } from "./policy.ts";

/** Tells a machine: the whole alert as JSON, signed. */
export function createWebhook(webhook: Webhook, fetch: Fetch, clock: Clock): Channel {
  return {
    send: async (_address, { id, told }) =>
      attempt(fetch, await webhookCall(webhook, id, told, clock), ALERTING.sendTimeoutMs),
  };
}
