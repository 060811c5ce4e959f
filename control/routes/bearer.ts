import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import type { Sha256 } from "../../contracts/names.ts";
import { authenticate, bearerHash } from "../auth/authenticate.ts";
import { Refusal } from "../refusal.ts";
import type { ControlEnv } from "./router.ts";

export const unauthorized = () => new Refusal(401, "unauthorized", "A valid bearer token is needed.");

/** The hash of the request's bearer token. */
export async function requireBearer(c: HonoContext<ControlEnv>): Promise<Sha256> {
  const sha256 = await bearerHash(c.req.header("Authorization"));
  if (sha256 === null) throw unauthorized();
  return sha256;
}

/** Lets in whoever has a token that is in force. */
export const requireActor = createMiddleware<ControlEnv>(async (c, next) => {
  const { context, settings } = c.var;
  const actor = await authenticate(await requireBearer(c), settings, context.db);
  if (!actor) throw unauthorized();
  c.set("actor", actor);
  c.set("context", { ...context, actor: `${actor.kind} ${actor.name}` });
  await next();
});

/** Lets in admins alone; comes after `requireActor`. */
export const requireAdmin = createMiddleware<ControlEnv>(async (c, next) => {
  if (c.var.actor.kind !== "admin") throw new Refusal(403, "forbidden", "This needs the token of an admin.");
  await next();
});

/** Lets in origins alone; comes after `requireActor`. */
export const requireOrigin = createMiddleware<ControlEnv>(async (c, next) => {
  if (c.var.actor.kind !== "origin") throw new Refusal(403, "forbidden", "This needs the token of an origin.");
  await next();
});
