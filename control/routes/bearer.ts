import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import type { Sha256 } from "../../contracts/names.ts";
import { ACCESS_HEADER, type AccessSettings, accessName, accessNeeded } from "../auth/access.ts";
import { type Actor, authenticate, bearerHash } from "../auth/authenticate.ts";
import { accessSettings } from "../environment.ts";
import { Refusal } from "../refusal.ts";
import type { ControlEnv } from "./router.ts";

export const unauthorized = () => new Refusal(401, "unauthorized", "A valid bearer token is needed.");

/** The hash of the request's bearer token. */
export async function requireBearer(c: HonoContext<ControlEnv>): Promise<Sha256> {
  const sha256 = await bearerHash(c.req.header("Authorization"));
  if (sha256 === null) throw unauthorized();
  return sha256;
}

/** Lets in whoever has a token that is in force, and whom Cloudflare Access has let through where it stands in front. */
export const requireActor = createMiddleware<ControlEnv>(async (c, next) => {
  const actor = await actorOf(c, accessSettings(c.var.settings));
  c.set("actor", actor);
  c.set("context", { ...c.var.context, actor: `${actor.kind} ${actor.name}` });
  await next();
});

/**
 * Where Access stands in front, an admin's token is not enough, and not needed: who was let through is an admin by the name
 * that Access knows. Origins have no part in it.
 */
async function actorOf(c: HonoContext<ControlEnv>, access: AccessSettings | null): Promise<Actor> {
  const header = c.req.header("Authorization");
  if (access !== null && header === undefined) return { kind: "admin", name: await letThrough(c, access) };
  const actor = await authenticate(await requireBearer(c), c.var.settings, c.var.context.db);
  if (!actor) throw unauthorized();
  if (access !== null && actor.kind === "admin") await letThrough(c, access);
  return actor;
}

async function letThrough(c: HonoContext<ControlEnv>, access: AccessSettings): Promise<string> {
  const assertion = c.req.header(ACCESS_HEADER);
  if (assertion === undefined) throw accessNeeded();
  if (isOfAnotherSite(c.req.raw))
    throw new Refusal(403, "other_site", "Pages of other sites may ask for nothing here.");
  return await accessName(assertion, access);
}

/** Access knows a browser by its cookie, which the browser sends along for pages of other sites too. */
function isOfAnotherSite({ method, headers, url }: Request): boolean {
  const origin = headers.get("Origin");
  return method !== "GET" && method !== "HEAD" && origin !== null && origin !== new URL(url).origin;
}

/** Lets in admins alone; comes after `requireActor`. */
export const requireAdmin = createMiddleware<ControlEnv>(async (c, next) => {
  if (c.var.actor.kind !== "admin") throw new Refusal(403, "forbidden", "This needs the token of an admin.");
  await next();
});

/** Lets in whoever may read metrics; comes after `requireActor`. */
export const requireMetricsReader = createMiddleware<ControlEnv>(async (c, next) => {
  const { kind } = c.var.actor;
  if (kind !== "metrics" && kind !== "admin") throw new Refusal(403, "forbidden", "This needs a token for metrics.");
  await next();
});

/** Lets in origins alone; comes after `requireActor`. */
export const requireOrigin = createMiddleware<ControlEnv>(async (c, next) => {
  if (c.var.actor.kind !== "origin") throw new Refusal(403, "forbidden", "This needs the token of an origin.");
  await next();
});
