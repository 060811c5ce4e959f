import type { Context as HonoContext } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { failure } from "../../contracts/failure.ts";
import { describe } from "../../kit/log.ts";
import { Refusal } from "../refusal.ts";
import type { ControlEnv } from "./router.ts";

/** Turns whatever was thrown into an answer. A fault of ours is logged in full and told to nobody. */
export function answerFailure(thrown: Error, c: HonoContext<ControlEnv>): Response {
  const trace = c.var.trace.id;
  if (thrown instanceof Refusal) {
    if (thrown.status === 401) c.header("WWW-Authenticate", "Bearer");
    return c.json(failure(thrown.code, thrown.message, thrown.details, trace), thrown.status);
  }
  if (thrown instanceof HTTPException) {
    const code = thrown.status >= 500 ? "unavailable" : "bad_request";
    return c.json(failure(code, thrown.message, undefined, trace), thrown.status as ContentfulStatusCode);
  }
  c.var.context.log.error("request failed", {
    method: c.req.method,
    path: c.req.path,
    error: describe(thrown),
    cause: thrown.cause === undefined ? undefined : describe(thrown.cause),
  });
  return c.json(failure("internal_error", "Something went wrong here; it has been logged.", undefined, trace), 500);
}
