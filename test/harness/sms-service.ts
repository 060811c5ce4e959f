import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type Sms = { to: string; body: string };

/** A service that takes SMS as Twilio does (2010-04-01, Messages), and keeps them. */
export type SmsService = { readonly sent: readonly Sms[]; settings: Record<string, string>; close(): Promise<void> };

export async function startSmsService(): Promise<SmsService> {
  const sent: Sms[] = [];
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    sent.push({ to: form.get("To") ?? "", body: form.get("Body") ?? "" });
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ sid: `SM${sent.length}` }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    sent,
    settings: {
      ALERT_SMS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ALERT_SMS_ACCOUNT: "AC00000000000000000000000000000000",
      ALERT_SMS_TOKEN: "token-of-a-test",
      ALERT_SMS_FROM: "+15005550006",
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
