import type { Clock } from "../../kit/clock.ts";
import type { Call } from "./call.ts";
import { SIGNATURE_HEADER, signBody } from "./sign.ts";

export type Webhook = { url: string; secret: string };

/** The signed call that tells a webhook something. `delivery` is the same for each repetition, so that it counts once. */
export async function webhookCall(
  { url, secret }: Webhook,
  delivery: string,
  told: object,
  clock: Pick<Clock, "now">,
): Promise<Call> {
  const body = JSON.stringify(told);
  return {
    method: "POST",
    url,
    headers: {
      "content-type": "application/json",
      "radio-dream-delivery": delivery,
      [SIGNATURE_HEADER]: await signBody(secret, body, clock),
    },
    body,
  };
}
