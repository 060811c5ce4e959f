import { createRoute } from "@hono/zod-openapi";
import { allowLive } from "../registry/allow-live.ts";
import { failures, json, SECURED } from "./answers.ts";
import { tellMonitor } from "./ask-monitor.ts";
import { createRouter } from "./router.ts";
import { describeStation, StationAnswer, StationPath } from "./station-answer.ts";

const start = createRoute({
  method: "post",
  path: "/stations/{slug}/live/start",
  operationId: "startLive",
  tags: ["Live"],
  summary: "Let a live host go on air, now or when one connects",
  security: SECURED,
  request: { params: StationPath },
  responses: { 200: json(StationAnswer, "The station"), ...failures(401, 403, 404, 422) },
});

const stop = createRoute({
  method: "post",
  path: "/stations/{slug}/live/stop",
  operationId: "stopLive",
  tags: ["Live"],
  summary: "Take the live host off the air",
  security: SECURED,
  request: { params: StationPath },
  responses: { 200: json(StationAnswer, "The station"), ...failures(401, 403, 404, 422) },
});

export const live = createRouter()
  .openapi(start, async (c) => {
    const { slug } = c.req.valid("param");
    await allowLive(c.var.context, slug, true);
    await tellMonitor(c);
    return c.json(await describeStation(c, slug), 200);
  })
  .openapi(stop, async (c) => {
    const { slug } = c.req.valid("param");
    await allowLive(c.var.context, slug, false);
    await tellMonitor(c);
    return c.json(await describeStation(c, slug), 200);
  });
