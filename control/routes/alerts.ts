import { createRoute, z } from "@hono/zod-openapi";
import { systemClock } from "../../kit/clock.ts";
import { acknowledgeAlert } from "../alerting/acknowledge.ts";
import { createChannels } from "../alerting/create-channels.ts";
import type { Alert } from "../alerting/decide.ts";
import { kindOf } from "../alerting/kinds.ts";
import { ALERT_STATES, AlertQuery, listAlerts, readAlert, stateOf } from "../alerting/read-alerts.ts";
import { AlertTest, sendTest } from "../alerting/send-test.ts";
import { readAlertSettings } from "../alerting/settings.ts";
import { runbookOf } from "../alerting/text.ts";
import { CHANNELS, MESSAGE_REASONS, MESSAGE_STATES } from "../db/alert-messages.ts";
import { SEVERITIES } from "../db/alerts.ts";
import { body, failures, json, pageSchema, SECURED } from "./answers.ts";
import { createRouter } from "./router.ts";

const AlertAnswer = z.object({
  id: z.string(),
  kind: z.string(),
  severity: z.enum(SEVERITIES),
  state: z.enum(ALERT_STATES),
  station: z.string().nullable(),
  origin: z.string().nullable(),
  what: z.string(),
  /** What was done about it, and what a person is to do. */
  done: z.string().nullable(),
  toDo: z.string().nullable(),
  /** The page of the project that says more. */
  runbook: z.string(),
  /** When the fault began, and when it had lasted long enough to tell. */
  since: z.int(),
  raisedAt: z.int(),
  acknowledgedAt: z.int().nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: z.int().nullable(),
});

const MessageAnswer = z.object({
  reason: z.enum(MESSAGE_REASONS),
  channel: z.enum(CHANNELS),
  address: z.string(),
  /** `parked`: given up; `dropped`: the alert was over before it was sent. */
  state: z.enum(MESSAGE_STATES),
  attempts: z.int(),
  doneAt: z.int().nullable(),
  error: z.string().nullable(),
});

const AlertPath = z.object({ id: z.uuid() });

const list = createRoute({
  method: "get",
  path: "/alerts",
  operationId: "listAlerts",
  tags: ["Alerts"],
  summary: "What somebody should know, or should have known, newest first",
  security: SECURED,
  request: { query: AlertQuery },
  responses: { 200: json(pageSchema(AlertAnswer), "A page of alerts"), ...failures(401, 403, 422) },
});

const read = createRoute({
  method: "get",
  path: "/alerts/{id}",
  operationId: "readAlert",
  tags: ["Alerts"],
  summary: "An alert, and what was told of it to whom",
  security: SECURED,
  request: { params: AlertPath },
  responses: {
    200: json(AlertAnswer.extend({ messages: z.array(MessageAnswer) }), "The alert"),
    ...failures(401, 403, 404, 422),
  },
});

const acknowledge = createRoute({
  method: "post",
  path: "/alerts/{id}/acknowledge",
  operationId: "acknowledgeAlert",
  tags: ["Alerts"],
  summary: "Take an alert on: nobody else is called for it",
  security: SECURED,
  request: { params: AlertPath },
  responses: { 200: json(AlertAnswer, "The alert"), ...failures(401, 403, 404, 409, 422) },
});

const test = createRoute({
  method: "post",
  path: "/alerts/test",
  operationId: "testAlerts",
  tags: ["Alerts"],
  summary: "Send a test through each channel, or one, and see what becomes of it",
  security: SECURED,
  request: { body: body(AlertTest) },
  responses: {
    200: json(
      z.object({
        items: z.array(
          z.object({
            channel: z.enum(CHANNELS),
            address: z.string(),
            sent: z.boolean(),
            reason: z.string().nullable(),
          }),
        ),
      }),
      "What became of each message",
    ),
    ...failures(400, 401, 403, 404, 409, 413, 422),
  },
});

export const alerts = createRouter()
  .openapi(list, async (c) => {
    const { items, next } = await listAlerts(c.var.context, c.req.valid("query"));
    return c.json({ items: items.map(alertAnswer), next }, 200);
  })
  .openapi(test, async (c) => {
    const deps = { fetch: (request: Request) => fetch(request), clock: systemClock };
    const channels = createChannels(readAlertSettings(c.env), deps);
    return c.json({ items: await sendTest(c.var.context, channels, c.req.valid("json")) }, 200);
  })
  .openapi(read, async (c) => {
    const { alert, messages } = await readAlert(c.var.context, c.req.valid("param").id);
    return c.json({ ...alertAnswer(alert), messages: messages.map((message) => MessageAnswer.parse(message)) }, 200);
  })
  .openapi(acknowledge, async (c) =>
    c.json(alertAnswer(await acknowledgeAlert(c.var.context, c.req.valid("param").id)), 200),
  );

function alertAnswer(alert: Alert): z.infer<typeof AlertAnswer> {
  const kind = kindOf(alert.kind);
  const told = { done: kind?.done ?? null, toDo: kind?.toDo ?? null, runbook: runbookOf(alert.kind) };
  return AlertAnswer.parse({ ...alert, state: stateOf(alert), ...told });
}
