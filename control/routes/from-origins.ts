import { createRoute } from "@hono/zod-openapi";
import { Heartbeat, HeartbeatAnswer, RegistrationAnswer } from "../../contracts/fleet.ts";
import type { HeartbeatReply } from "../health/fleet.ts";
import { Refusal } from "../refusal.ts";
import { expectKnownWire } from "../registry/refuse-wire.ts";
import { NewRegistration, registerOrigin } from "../registry/register-origin.ts";
import { body, failures, json, SECURED } from "./answers.ts";
import { askMonitor, type MonitorStub } from "./ask-monitor.ts";
import { requireActor, requireBearer, unauthorized } from "./bearer.ts";
import { OriginPath } from "./origins.ts";
import { createRouter } from "./router.ts";

/** What origins themselves call, with the enrolment token or their own. */

const register = createRoute({
  method: "post",
  path: "/origins/register",
  operationId: "registerOrigin",
  tags: ["For origins"],
  summary: "An origin presents itself; with the enrolment token it is given its own, shown this once",
  security: SECURED,
  middleware: requireActor,
  request: { body: body(NewRegistration) },
  responses: {
    200: json(RegistrationAnswer, "What the origin is to do; its uploads are taken from now on"),
    ...failures(400, 401, 403, 409, 413, 422, 503),
  },
});

const heartbeat = createRoute({
  method: "post",
  path: "/origins/{id}/heartbeat",
  operationId: "heartbeat",
  tags: ["For origins"],
  summary: "An origin says how it is; 401: enrol again, 409: register this process first",
  security: SECURED,
  request: { params: OriginPath, body: body(Heartbeat) },
  responses: {
    200: json(HeartbeatAnswer, "What the origin is to do"),
    ...failures(400, 401, 409, 413, 422, 503),
  },
});

const unavailable = () => new Refusal(503, "unavailable", "Control cannot read its registry now; go on as you are.");

export const fromOrigins = createRouter()
  .openapi(register, async (c) => {
    const registration = c.req.valid("json");
    const silentMs = () => askMonitor(c, (monitor) => monitor.silentMs(registration.id));
    const token = await registerOrigin(c.var.context, c.var.actor, registration, silentMs);
    const desired = await askMonitor(c, (monitor) => monitor.admit(registration.id));
    if (!desired) throw unavailable();
    return c.json(token === null ? { desired } : { token, desired }, 200);
  })
  .openapi(heartbeat, async (c) => {
    const sha256 = await requireBearer(c);
    const { id } = c.req.valid("param");
    const said = c.req.valid("json");
    expectKnownWire(said);
    const beat = async (monitor: MonitorStub): Promise<HeartbeatReply> => monitor.heartbeat(id, sha256, said);
    const reply = await askMonitor(c, beat);
    if ("desired" in reply) return c.json({ desired: reply.desired }, 200);
    if (reply.refused === "unauthorized") throw unauthorized();
    if (reply.refused === "unavailable") throw unavailable();
    throw new Refusal(409, "unknown_instance", `This process has not registered as ${id}.`);
  });
