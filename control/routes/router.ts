import { OpenAPIHono } from "@hono/zod-openapi";
import type { Trace } from "../../contracts/trace.ts";
import type { Actor } from "../auth/authenticate.ts";
import type { Context } from "../context.ts";
import type { Bindings, Settings } from "../environment.ts";
import { Refusal } from "../refusal.ts";

export type ControlEnv = {
  Bindings: Bindings;
  Variables: {
    settings: Settings;
    /** For the verbs; its actor is nobody until somebody has been authenticated. */
    context: Context;
    actor: Actor;
    trace: Trace;
  };
};

/** A router whose requests are parsed: what does not fit is refused with the reasons. */
export function createRouter(): OpenAPIHono<ControlEnv> {
  return new OpenAPIHono<ControlEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const details = result.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message }));
      throw new Refusal(422, "invalid_input", "The request does not fit.", details);
    },
  });
}
