import { createMiddleware } from "hono/factory";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../environment.ts";
import type { ControlEnv } from "./router.ts";

const log = createLog({ fields: { part: "api" } });

/** Gives each request its context, and each answer the headers that all answers have. */
export const prepare = createMiddleware<ControlEnv>(async (c, next) => {
  c.set("context", { db: openDatabase(c.env.DB), clock: systemClock, log, actor: "nobody" });
  c.set("settings", readSettings(c.env));
  await next();
  c.header("X-Content-Type-Options", "nosniff");
  c.header("Referrer-Policy", "no-referrer");
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
});
