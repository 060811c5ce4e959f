import { createRoute } from "@hono/zod-openapi";
import { HealthPolicy } from "../health/health-policy.ts";
import { changeHealthPolicy, PolicyChange, readHealthPolicy } from "../health/set-policy.ts";
import { body, failures, json, SECURED } from "./answers.ts";
import { tellMonitor } from "./ask-monitor.ts";
import { createRouter } from "./router.ts";

const read = createRoute({
  method: "get",
  path: "/policy",
  operationId: "readPolicy",
  tags: ["Health"],
  summary: "The thresholds by which origins are judged",
  security: SECURED,
  responses: { 200: json(HealthPolicy, "The policy in force"), ...failures(401, 403) },
});

const change = createRoute({
  method: "patch",
  path: "/policy",
  operationId: "changePolicy",
  tags: ["Health"],
  summary: "Set some of these thresholds; the next sweep judges by them",
  security: SECURED,
  request: { body: body(PolicyChange) },
  responses: { 200: json(HealthPolicy, "The policy in force"), ...failures(400, 401, 403, 413, 422) },
});

export const policy = createRouter()
  .openapi(read, async (c) => c.json(await readHealthPolicy(c.var.context.db), 200))
  .openapi(change, async (c) => {
    const changed = await changeHealthPolicy(c.var.context, c.req.valid("json"));
    await tellMonitor(c);
    return c.json(changed, 200);
  });
