import { withTimeout } from "../../kit/race.ts";
import { attempt, type Fetch, unanswered } from "../outbound/call.ts";
import type { Channel } from "./channel.ts";
import { ALERTING } from "./policy.ts";

/** E-mail through Cloudflare's binding. It tells a lasting refusal from a passing one by the code of what it throws. */
export function createBoundEmail(binding: SendEmail, from: string): Channel {
  return {
    async send(address, { subject, text }) {
      const message = { from, to: address, subject, text };
      try {
        await withTimeout(ALERTING.sendTimeoutMs, "the e-mail binding", () => binding.send(message));
        return { ok: true };
      } catch (thrown) {
        const code = codeOf(thrown);
        if (code === null) return { ...unanswered(thrown), reason: "the e-mail binding failed" };
        return { ok: false, retry: PASSING.test(code), reason: `the e-mail binding said ${code}` };
      }
    },
  };
}

/** E-mail through an HTTP API that takes `{ from, to, subject, text }` with a bearer token, as most providers do. */
export function createEmailApi(
  { url, token, from }: { url: string; token: string; from: string },
  fetch: Fetch,
): Channel {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return {
    send: (address, { subject, text }) => {
      const body = JSON.stringify({ from, to: [address], subject, text });
      return attempt(fetch, { method: "POST", url, headers, body }, ALERTING.sendTimeoutMs);
    },
  };
}

const PASSING = /RATE_LIMIT|DAILY_LIMIT|INTERNAL|DELIVERY_FAILED|UNAVAILABLE|TIMEOUT/;

function codeOf(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !("code" in thrown) || typeof thrown.code !== "string") return null;
  return thrown.code.slice(0, 60);
}
