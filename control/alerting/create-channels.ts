import type { Clock } from "../../kit/clock.ts";
import type { ChannelName } from "../db/alert-messages.ts";
import type { Fetch } from "../outbound/call.ts";
import type { Channel, Channels } from "./channel.ts";
import { createBoundEmail, createEmailApi } from "./email.ts";
import type { AlertSettings } from "./settings.ts";
import { createSms } from "./sms.ts";
import { createWebhook } from "./webhook.ts";

/** The channels that the settings set up. */
export function createChannels(settings: AlertSettings, deps: { fetch: Fetch; clock: Clock }): Channels {
  const { sms, email, webhook } = settings;
  const channels = new Map<ChannelName, Channel>();
  if (sms) channels.set("sms", createSms(sms, deps.fetch));
  if (email) {
    const channel =
      "binding" in email ? createBoundEmail(email.binding, email.from) : createEmailApi(email, deps.fetch);
    channels.set("email", channel);
  }
  if (webhook) channels.set("webhook", createWebhook(webhook, deps.fetch, deps.clock));
  return channels;
}
