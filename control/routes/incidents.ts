import { createRoute, z } from "@hono/zod-openapi";
import { IncidentQuery, listIncidents } from "../health/read-incidents.ts";
import { failures, json, pageSchema, SECURED } from "./answers.ts";
import { createRouter } from "./router.ts";

const IncidentAnswer = z.object({
  id: z.string(),
  at: z.int(),
  kind: z.string(),
  station: z.string().nullable(),
  origin: z.string().nullable(),
  /** Who did or said it: `control`, `origin origin-1`, `admin alice`. */
  actor: z.string(),
  message: z.string(),
});

const list = createRoute({
  method: "get",
  path: "/incidents",
  operationId: "listIncidents",
  tags: ["Incidents"],
  summary: "What happened and what was done about it, newest first unless asked otherwise",
  security: SECURED,
  request: { query: IncidentQuery },
  responses: { 200: json(pageSchema(IncidentAnswer), "A page of incidents"), ...failures(401, 403, 422) },
});

export const incidents = createRouter().openapi(list, async (c) =>
  c.json(await listIncidents(c.var.context, c.req.valid("query")), 200),
);
