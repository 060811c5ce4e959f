import { Hono } from "hono";
import { RELEASE, WIRE } from "../../contracts/version.ts";
import type { Agent } from "../agent/agent.ts";
import type { Ladder } from "../agent/ladder-watch.ts";
import type { Stations } from "../station/stations.ts";

/** `/healthz` says whether the node does its work, with 503 when its ladder has given up. */
export function healthRoutes(options: {
  originId: string;
  stations: Pick<Stations, "report">;
  agent: Pick<Agent, "controlSilentMs">;
  ladder: Pick<Ladder, "standing">;
}): Hono {
  const { originId, stations, agent, ladder } = options;
  const routes = new Hono();

  routes.get("/healthz", (context) => {
    const { rung, detail, serving } = ladder.standing();
    const controlSilentMs = agent.controlSilentMs();
    const software = { release: RELEASE, wire: WIRE };
    const health = {
      ok: serving,
      origin: originId,
      ...software,
      rung,
      detail,
      controlSilentMs,
      stations: stations.report(),
    };
    return context.json(health, serving ? 200 : 503, { "Cache-Control": "no-store" });
  });

  return routes;
}
