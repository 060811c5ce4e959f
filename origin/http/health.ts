import { Hono } from "hono";
import type { Agent } from "../agent/agent.ts";
import type { Stations } from "../station/stations.ts";
import { renderMetrics } from "./metrics.ts";

/** `/healthz` says whether the node does its work, `/metrics` how. */
export function healthRoutes(options: { originId: string; stations: Stations; agent: Agent }): Hono {
  const { originId, stations, agent } = options;
  const routes = new Hono();

  routes.get("/healthz", (context) =>
    context.json(
      { ok: true, origin: originId, controlSilentMs: agent.controlSilentMs(), stations: stations.report() },
      200,
      {
        "Cache-Control": "no-store",
      },
    ),
  );

  routes.get("/metrics", (context) =>
    context.text(renderMetrics(stations.report(), process.memoryUsage.rss()), 200, {
      "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
      "Cache-Control": "no-store",
    }),
  );

  return routes;
}
