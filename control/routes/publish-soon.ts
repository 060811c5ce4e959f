import type { Context as HonoContext } from "hono";
import type { StationSlug } from "../../contracts/names.ts";
import { describe } from "../../kit/log.ts";
import { publishPlan } from "../schedule/publish-plan.ts";
import type { ControlEnv } from "./router.ts";

/** Edits that follow close upon one another publish at once; of these the last one has to win. */
const TRIES = 3;

/** Publishes a station's plan behind the answer's back. What fails is logged; the minute's cron publishes it then. */
export function publishSoon(c: HonoContext<ControlEnv>, station: StationSlug): void {
  const { context } = c.var;
  const deps = { ...context, bucket: c.env.MEDIA };
  const publish = async () => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (await publishPlan(deps, station)) return;
    }
    context.log.info("a plan is published later: others are at it", { station });
  };
  const published = publish().catch((thrown: unknown) => {
    context.log.warn("a plan was not published at once", { station, error: describe(thrown) });
  });
  c.executionCtx.waitUntil(published);
}
