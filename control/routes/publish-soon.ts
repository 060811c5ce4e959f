import type { Context as HonoContext } from "hono";
import type { StationSlug } from "../../contracts/names.ts";
import { describe } from "../../kit/log.ts";
import { publishPlan } from "../schedule/publish-plan.ts";
import type { ControlEnv } from "./router.ts";

/** Publishes a station's plan behind the answer's back. What fails is logged; the minute's cron publishes it then. */
export function publishSoon(c: HonoContext<ControlEnv>, station: StationSlug): void {
  const { context } = c.var;
  const published = publishPlan({ ...context, bucket: c.env.MEDIA }, station).catch((thrown: unknown) => {
    context.log.warn("a plan was not published at once", { station, error: describe(thrown) });
  });
  c.executionCtx.waitUntil(published);
}
