import { z } from "zod";
import { ALERTING } from "./policy.ts";

/** What alerting finds among the Worker's bindings. Tokens and secrets are Worker secrets; the API knows none of them. */
export type AlertBindings = {
  ALERT_SMS_URL?: string;
  ALERT_SMS_ACCOUNT?: string;
  ALERT_SMS_TOKEN?: string;
  ALERT_SMS_FROM?: string;
  ALERT_EMAIL_FROM?: string;
  ALERT_EMAIL_URL?: string;
  ALERT_EMAIL_TOKEN?: string;
  ALERT_WEBHOOK_URL?: string;
  ALERT_WEBHOOK_SECRET?: string;
  ALERT_ESCALATE_AFTER_S?: string;
  EMAIL?: SendEmail;
};

const unsetWhenEmpty = (value: unknown) => (value === "" ? undefined : value);
const text = z.preprocess(unsetWhenEmpty, z.string().max(500).optional());
const url = z.preprocess(
  unsetWhenEmpty,
  z
    .url({ protocol: /^https?$/ })
    .transform((given) => given.replace(/\/+$/, ""))
    .optional(),
);

const Environment = z.object({
  ALERT_SMS_URL: url,
  ALERT_SMS_ACCOUNT: text,
  ALERT_SMS_TOKEN: text,
  ALERT_SMS_FROM: text,
  ALERT_EMAIL_FROM: z.preprocess(unsetWhenEmpty, z.email().optional()),
  ALERT_EMAIL_URL: url,
  ALERT_EMAIL_TOKEN: text,
  ALERT_WEBHOOK_URL: url,
  ALERT_WEBHOOK_SECRET: z.preprocess(unsetWhenEmpty, z.string().min(16).max(500).optional()),
  ALERT_ESCALATE_AFTER_S: z.preprocess(unsetWhenEmpty, z.coerce.number().int().min(60).max(86_400).optional()),
});

const TWILIO = "https://api.twilio.com";

export type AlertSettings = {
  sms: { url: string; account: string; token: string; from: string } | null;
  email: { from: string; binding: SendEmail } | { from: string; url: string; token: string } | null;
  webhook: { url: string; secret: string } | null;
  escalateAfterMs: number;
};

/** The settings of alerting; a channel that is not wholly set up is none. Throws a ZodError that names a bad one. */
export function readAlertSettings(bindings: AlertBindings): AlertSettings {
  const set = Environment.parse(bindings);
  const { ALERT_SMS_ACCOUNT: account, ALERT_SMS_TOKEN: smsToken, ALERT_SMS_FROM: smsFrom } = set;
  const { ALERT_WEBHOOK_URL: webhookUrl, ALERT_WEBHOOK_SECRET: secret } = set;
  return {
    sms:
      account && smsToken && smsFrom
        ? { url: set.ALERT_SMS_URL ?? TWILIO, account, token: smsToken, from: smsFrom }
        : null,
    email: emailSettings(set, bindings.EMAIL),
    webhook: webhookUrl && secret ? { url: webhookUrl, secret } : null,
    escalateAfterMs:
      set.ALERT_ESCALATE_AFTER_S === undefined ? ALERTING.escalateAfterMs : set.ALERT_ESCALATE_AFTER_S * 1000,
  };
}

/** An API that is set goes before the binding: who sets it has a reason. */
function emailSettings(set: z.infer<typeof Environment>, binding: SendEmail | undefined): AlertSettings["email"] {
  const { ALERT_EMAIL_FROM: from, ALERT_EMAIL_URL: apiUrl, ALERT_EMAIL_TOKEN: token } = set;
  if (!from) return null;
  if (apiUrl && token) return { from, url: apiUrl, token };
  return binding ? { from, binding } : null;
}
