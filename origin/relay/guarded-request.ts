import { type IncomingMessage, request } from "node:http";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { withTimeout } from "../../kit/race.ts";
import type { AddressGuard } from "./address.ts";
import { asHttp } from "./icy-connection.ts";

const ANSWER_MS = 8000;

export type Guarded = { guard: AddressGuard; signal: AbortSignal };

/**
 * One GET over HTTP or HTTPS, without following redirects, to the very address that the guard has looked at. Names of
 * hosts count only for that look, for the `Host` header and for the certificate. Aborting ends the answer, too.
 *
 * @throws RelayRefused, or whatever went wrong on the way
 */
export async function guardedRequest(
  url: URL,
  headers: Record<string, string>,
  { guard, signal }: Guarded,
): Promise<IncomingMessage> {
  const { address } = await guard.resolve(url.hostname);
  const isSecure = url.protocol === "https:";
  const to = { host: address, port: Number(url.port || (isSecure ? 443 : 80)) };
  const authorization = url.username === "" ? {} : { authorization: basicOf(url) };
  return withTimeout(
    ANSWER_MS,
    "the answer",
    (late) =>
      new Promise((resolve, reject) => {
        const outgoing = request({
          createConnection: () =>
            asHttp(isSecure ? connectTls({ ...to, servername: url.hostname }) : connectTcp({ ...to })),
          path: `${url.pathname}${url.search}`,
          headers: { host: url.host, ...authorization, ...headers },
          signal,
        });
        late.addEventListener("abort", () => outgoing.destroy());
        outgoing.once("response", resolve);
        outgoing.on("error", reject);
        outgoing.end();
      }),
  );
}

/** RFC 7617. */
function basicOf({ username, password }: URL): string {
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
