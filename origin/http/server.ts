import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { failure } from "../../contracts/failure.ts";
import { describe, type Log } from "../../kit/log.ts";
import { answerInTrace } from "./answer-in-trace.ts";

export type HttpServer = {
  readonly port: number;
  /** Closes the connections that no request is using. */
  closeIdle(): void;
  close(): Promise<void>;
};

/** Answers a request that is a stream rather than a message; false when it is not its own. */
export type StreamHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The node's HTTP: streams first, since they take the raw socket, then the routes. */
export async function startHttpServer(options: {
  host: string;
  port: number;
  streams: readonly StreamHandler[];
  routes: readonly Hono[];
  log: Log;
}): Promise<HttpServer> {
  const { log } = options;
  const app = new Hono();
  app.use(answerInTrace(log));
  for (const routes of options.routes) app.route("/", routes);
  app.notFound((context) => context.json(failure("not_found", "There is no such thing here."), 404));
  app.onError((error, context) => {
    log.error("a request failed", { method: context.req.method, path: context.req.path, error: describe(error) });
    return context.json(failure("internal", "Something went wrong here."), 500);
  });
  const answer = getRequestListener(app.fetch);

  const server = createServer({ connectionsCheckingInterval: 2000 }, (request, response) => {
    if (options.streams.some((serve) => serve(request, response))) return;
    void answer(request, response);
  });
  server.headersTimeout = 10_000;
  // A host's feed is one request that lasts as long as the show.
  server.requestTimeout = 0;
  server.maxConnections = 500;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    closeIdle: () => server.closeIdleConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
