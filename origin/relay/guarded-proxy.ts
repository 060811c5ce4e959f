import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type AddressGuard, RelayRefused } from "./address.ts";

/** More than ffmpeg opens at once. */
const MAX_CONNECTIONS = 16;
const IDLE_MS = 15_000;
const NOT_PASSED_ON = new Set(["proxy-connection", "proxy-authorization", "connection", "keep-alive"]);

export type GuardedProxy = {
  /** For ffmpeg's environment, as `http_proxy`. */
  readonly url: string;
  close(): Promise<void>;
};

/**
 * A forward proxy (RFC 9110, 3.7) on loopback for one relay's ffmpeg: whatever that fetches over HTTP or HTTPS by
 * itself, redirects, playlists and segments, is looked up and looked at here, and connected to here.
 */
export async function startGuardedProxy(
  guard: AddressGuard,
  onRefused: (refusal: RelayRefused) => void,
): Promise<GuardedProxy> {
  const connections = new Set<Duplex>();
  const own = <Connection extends Duplex>(connection: Connection): Connection => {
    connections.add(connection);
    return connection.once("close", () => connections.delete(connection));
  };
  const addressOf = async (host: string) => {
    try {
      return (await guard.resolve(host)).address;
    } catch (thrown) {
      if (thrown instanceof RelayRefused) onRefused(thrown);
      throw thrown;
    }
  };

  const pass = async (incoming: IncomingMessage, answer: ServerResponse) => {
    const url = URL.parse(incoming.url ?? "");
    if (url?.protocol !== "http:" || incoming.method !== "GET") return void answer.writeHead(400).end();
    const headers = Object.entries(incoming.headers).filter(([name]) => !NOT_PASSED_ON.has(name));
    const outgoing = request({
      host: await addressOf(url.hostname),
      port: url.port || 80,
      path: `${url.pathname}${url.search}`,
      headers: { ...Object.fromEntries(headers), host: url.host },
      agent: false,
      timeout: IDLE_MS,
    });
    outgoing.once("socket", own);
    outgoing.on("timeout", () => outgoing.destroy());
    outgoing.on("error", () => answer.destroy());
    outgoing.on("response", (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.on("error", () => answer.destroy());
      response.pipe(answer);
    });
    answer.on("close", () => outgoing.destroy());
    outgoing.end();
  };

  const tunnel = async (incoming: IncomingMessage, near: Duplex, head: Buffer) => {
    const { hostname, port } = new URL(`https://${incoming.url}`);
    const far = own(connect({ host: await addressOf(hostname), port: Number(port || 443) }));
    far.setTimeout(IDLE_MS, () => far.destroy());
    far.once("connect", () => {
      near.write("HTTP/1.1 200 Connected\r\n\r\n");
      far.write(head);
      near.pipe(far).pipe(near);
    });
    for (const end of [near, far]) {
      end.on("error", () => {});
      end.on("close", () => (end === near ? far : near).destroy());
    }
  };

  const server = createServer((incoming, answer) => {
    pass(incoming, answer).catch(() => answer.writeHead(403).end());
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on("connect", (incoming: IncomingMessage, near: Socket, head: Buffer) => {
    own(near).on("error", () => {});
    tunnel(incoming, near, head).catch(() => near.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const connection of connections) connection.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
