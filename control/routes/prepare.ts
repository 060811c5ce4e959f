import { createMiddleware } from "hono/factory";
import { formatTrace, TRACE_ANSWER_HEADER, TRACE_HEADER, traceFrom } from "../../contracts/trace.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog, type LogLevel, logLevelOf } from "../../kit/log.ts";
import type { Actor } from "../auth/authenticate.ts";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../environment.ts";
import type { ControlEnv } from "./router.ts";

/** Gives each request its context, and each answer the headers that all answers have. */
export const prepare = createMiddleware<ControlEnv>(async (c, next) => {
  const trace = traceFrom(c.req.header(TRACE_HEADER));
  const log = createLog({ level: logLevelOf(c.env.LOG_LEVEL), fields: { part: "api", trace: trace.id } });
  c.set("trace", trace);
  c.set("context", { db: openDatabase(c.env.DB), clock: systemClock, log, actor: "nobody" });
  c.set("settings", readSettings(c.env));
  const begunAt = systemClock.monotonic();
  await next();
  const { status } = c.res;
  const { method, path } = c.req;
  const ms = Math.round(systemClock.monotonic() - begunAt);
  log[levelOf(status, method, c.get("actor")?.kind)]("answered", { method, path, status, ms });
  c.header(TRACE_ANSWER_HEADER, formatTrace(trace));
  c.header("X-Content-Type-Options", "nosniff");
  c.header("Referrer-Policy", "no-referrer");
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
});

/** What people change, and what is refused, is always logged; what nodes ask every few seconds only in detail. */
function levelOf(status: number, method: string, by: Actor["kind"] | undefined): LogLevel {
  if (status >= 500) return "warn";
  const isChange = method !== "GET" && method !== "HEAD";
  return status >= 400 || (isChange && by === "admin") ? "info" : "debug";
}
