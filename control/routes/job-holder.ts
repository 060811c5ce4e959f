import { z } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import { every } from "hono/combine";
import { JobId } from "../../contracts/jobs.ts";
import type { OriginId } from "../../contracts/names.ts";
import { requireActor, requireOrigin } from "./bearer.ts";
import type { ControlEnv } from "./router.ts";

export const JobPath = z.object({ id: JobId });

/** Lets in origins alone, whom `originOf` then names. */
export const forOrigins = every(requireActor, requireOrigin);

export function originOf(c: HonoContext<ControlEnv>): OriginId {
  return c.var.actor.name;
}
