import { z } from "zod";
import { call, type Fetch, type Outcome, outcomeOf, unanswered } from "../outbound/call.ts";
import type { Channel } from "./channel.ts";
import { ALERTING } from "./policy.ts";

export type SmsAccount = { url: string; account: string; token: string; from: string };

/** The error of Twilio's API: its number says why, its text would repeat the telephone number. */
const TwilioError = z.object({ code: z.int() });

/** SMS through Twilio's Messages resource (2010-04-01), or whatever answers like it. */
export function createSms({ url, account, token, from }: SmsAccount, fetch: Fetch): Channel {
  const endpoint = `${url}/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`;
  const headers = {
    authorization: `Basic ${btoa(`${account}:${token}`)}`,
    "content-type": "application/x-www-form-urlencoded",
  };
  return {
    async send(address, { short }) {
      const body = new URLSearchParams({ To: address, From: from, Body: short }).toString();
      try {
        const answer = await call(fetch, { method: "POST", url: endpoint, headers, body }, ALERTING.sendTimeoutMs);
        return withCode(outcomeOf(answer.status), answer.body);
      } catch (thrown) {
        return unanswered(thrown);
      }
    },
  };
}

function withCode(outcome: Outcome, body: string): Outcome {
  if (outcome.ok) return outcome;
  const code = codeIn(body);
  return code === null ? outcome : { ...outcome, reason: `${outcome.reason}, error ${code}` };
}

function codeIn(body: string): number | null {
  try {
    return TwilioError.parse(JSON.parse(body)).code;
  } catch {
    return null;
  }
}
