import type { Clock } from "../../kit/clock.ts";
import type { Provisioner } from "../health/provisioner.ts";
import { attempt, type Fetch } from "../outbound/call.ts";
import { type Webhook, webhookCall } from "../outbound/webhook.ts";
import { PROVISIONING } from "./policy.ts";

/** Asks whoever stands behind a webhook, signed, to make the node anew. */
export function createProvisionerWebhook(webhook: Webhook, fetch: Fetch, clock: Pick<Clock, "now">): Provisioner {
  return {
    async recreate(node) {
      const told = { event: "recreate", node };
      const request = await webhookCall(webhook, crypto.randomUUID(), told, clock);
      const outcome = await attempt(fetch, request, PROVISIONING.callTimeoutMs);
      if (outcome.ok) return { outcome: "accepted", detail: "the webhook took it on" };
      return { outcome: "failed", retry: outcome.retry, reason: `the webhook: ${outcome.reason}` };
    },
  };
}
