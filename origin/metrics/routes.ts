import { createHash, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { failure } from "../../contracts/failure.ts";
import { CONTENT_TYPE, formatFor, renderExposition } from "../../kit/metrics/exposition.ts";
import type { Stations } from "../station/stations.ts";
import { familiesOfNode, type MeasuredNode } from "./of-node.ts";
import { familiesOfStations } from "./of-stations.ts";

export type MetricsOptions = MeasuredNode & {
  stations: Pick<Stations, "all">;
  /** Whoever asks must bring it as a bearer token; null: nobody needs one. */
  token: string | null;
  /** Whether nobody is answered as long as there is no token. */
  isClosed: boolean;
};

/**
 * `/metrics`. What stands there is no secret (stations, counts, states: no names of hosts, no addresses, no tokens), so it
 * is open unless a token is set, or the node answers the edge alone.
 */
export function metricsRoutes(options: MetricsOptions): Hono {
  const { stations, token, isClosed } = options;
  const routes = new Hono();
  routes.get("/metrics", async (context) => {
    const headers = { "Cache-Control": "no-store" };
    if (token === null && isClosed) {
      return context.json(
        failure("closed", "This node tells its metrics only when METRICS_TOKEN is set."),
        403,
        headers,
      );
    }
    if (token !== null && !isBearer(context.req.header("Authorization"), token)) {
      const refused = { ...headers, "WWW-Authenticate": "Bearer" };
      return context.json(failure("unauthorized", "A valid bearer token is needed."), 401, refused);
    }
    const measured = stations.all().map((station) => ({ report: station.report(), figures: station.figures() }));
    const families = [...familiesOfStations(measured), ...(await familiesOfNode(options))];
    const format = formatFor(context.req.header("Accept"));
    return context.body(renderExposition(families, format), 200, {
      ...headers,
      "Content-Type": CONTENT_TYPE[format],
      Vary: "Accept",
    });
  });
  return routes;
}

/** Compares hashes, in constant time: they are of one length. */
function isBearer(header: string | undefined, token: string): boolean {
  const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header ?? "")?.[1];
  const hashOf = (text: string) => createHash("sha256").update(text).digest();
  return given !== undefined && timingSafeEqual(hashOf(given), hashOf(token));
}
