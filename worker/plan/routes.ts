import { Hono } from "hono";
import { preparedKey } from "../../contracts/media.ts";
import { MAX_PLAN_BYTES, planKey } from "../../contracts/plan.ts";
import type { Edge } from "../edge.ts";
import { EdgeError } from "../edge-error.ts";
import type { EdgeEnvironment } from "../reach.ts";
import { admit } from "../upload/admit.ts";
import { answerStored } from "./stored.ts";

/** A plan may name relays with their passwords: only whom it is for keeps it, and asks each time whether it is still so. */
const PLAN_CACHE_CONTROL = "private, no-cache";
/** A prepared file is named by its content. */
const PREPARED_CACHE_CONTROL = "private, max-age=86400, immutable";

/** What origins need to play a station: its plan, and the prepared files that the plan names. */
export function planRoutes(edge: Edge): Hono<{ Bindings: EdgeEnvironment }> {
  const routes = new Hono<{ Bindings: EdgeEnvironment }>();

  routes.get("/:station/plan", async (context) => {
    const { station, reach } = await admit(edge, context, context.req.param("station"));
    const answer = await answerStored(context.req.raw, planKey(station), reach, {
      type: "application/json",
      cacheControl: PLAN_CACHE_CONTROL,
      maxBytes: MAX_PLAN_BYTES,
    });
    if (answer === null) throw new EdgeError(404, "no_plan", "No plan of this station is published.");
    return answer;
  });

  routes.get("/:station/prepared/:sha256{[0-9a-f]{64}}", async (context) => {
    const { station, reach } = await admit(edge, context, context.req.param("station"));
    const answer = await answerStored(context.req.raw, preparedKey(station, context.req.param("sha256")), reach, {
      type: "audio/flac",
      cacheControl: PREPARED_CACHE_CONTROL,
    });
    if (answer === null) throw new EdgeError(404, "no_prepared_file", "The station has no such file.");
    return answer;
  });

  return routes;
}
