import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { RELEASE, WIRE } from "../contracts/version.ts";
import { createLog, describe, logLevelOf } from "../kit/log.ts";
import { preflightAnswer } from "./cache/answer.ts";
import { Edge, type EdgeOptions } from "./edge.ts";
import { EdgeError, failureResponse } from "./edge-error.ts";
import { answerListening, parseListening } from "./listening.ts";
import { mediaRoutes } from "./media/routes.ts";
import { pageRoutes } from "./page-routes.ts";
import { PAGE_HEADERS, renderNotFoundPage } from "./pages/pages.ts";
import { planRoutes } from "./plan/routes.ts";
import { playlistRoutes } from "./playlist/routes.ts";
import type { EdgeEnvironment } from "./reach.ts";
import { tellOfOrigins } from "./tell-of-origins.ts";
import { uploadRoutes } from "./upload/routes.ts";
import { wantsPage } from "./wants-page.ts";

/** The edge Worker: all that a listener ever talks to, and where origins upload. */
export function createEdge(options: EdgeOptions = {}) {
  const edge = new Edge(options);
  const app = new Hono<{ Bindings: EdgeEnvironment }>({ strict: false });

  app.get("/healthz", async (context) => {
    const routing = await edge.routing.peek(edge.reachOf(context));
    const status = routing === null ? "no routing" : "ok";
    // Origins check their clocks by `now` when control cannot tell them the time.
    const body = { status, release: RELEASE, wire: WIRE, routing: routing?.version ?? null, now: Date.now() };
    return context.json(body, routing === null ? 503 : 200, { "cache-control": "no-store" });
  });
  app.use("/origin/v1/*", tellOfOrigins(edge));
  app.get("/assets/*", (context) => context.env.ASSETS.fetch(context.req.raw));
  app.route("/origin/v1", uploadRoutes(edge));
  app.route("/origin/v1", planRoutes(edge));
  app.options("*", preflightAnswer);
  app.route("/", playlistRoutes(edge));
  app.route("/", mediaRoutes(edge));
  app.route("/", pageRoutes(edge));

  app.notFound((context) => answerFailure(new EdgeError(404, "not_found", "There is nothing here."), context.req.raw));
  app.onError((error, context) => answerThrown(error, context.req.raw));

  function answerFailure(error: EdgeError, request: Request): Response {
    if (error.status !== 404 || !wantsPage(request)) return failureResponse(error, edge.trace(request));
    return new Response(renderNotFoundPage(), {
      status: 404,
      headers: { ...PAGE_HEADERS, "cache-control": "no-store" },
    });
  }

  function answerThrown(thrown: unknown, request: Request): Response {
    if (thrown instanceof EdgeError) return answerFailure(thrown, request);
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    const trace = edge.trace(request).id;
    edge.log.error("a request failed", {
      trace,
      method: request.method,
      url: request.url,
      error: describe(thrown),
      stack,
    });
    return answerFailure(new EdgeError(500, "internal", "Something went wrong."), request);
  }

  return {
    async fetch(request: Request, environment: EdgeEnvironment, context: ExecutionContext): Promise<Response> {
      const asked = parseListening(request);
      if (asked === null) return await app.fetch(request, environment, context);
      try {
        return await answerListening(edge, asked, request, edge.reach(request, environment, context));
      } catch (thrown) {
        return answerThrown(thrown, request);
      }
    },
  };
}

export default createEdge({ log: createLog({ level: logLevelOf(env.LOG_LEVEL), fields: { part: "edge" } }) });
