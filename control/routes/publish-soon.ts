import type { Context as HonoContext } from "hono";
import type { StationSlug } from "../../contracts/names.ts";
import { keepPlan } from "../schedule/keep-plan.ts";
import type { ControlEnv } from "./router.ts";

/** Edits that follow close upon one another publish at once; of these the last one has to win. */
const TRIES = 3;

/** Publishes a station's plan behind the answer's back. What fails is noted; the minute's cron tries it again. */
export function publishSoon(c: HonoContext<ControlEnv>, station: StationSlug): void {
  const { context } = c.var;
  const deps = { ...context, bucket: c.env.MEDIA };
  const publish = async () => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if ((await keepPlan(deps, station)) !== "raced") return;
    }
    context.log.info("a plan is published later: others are at it", { station });
  };
  c.executionCtx.waitUntil(publish());
}
