import type { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { timeout } from "hono/timeout";
import { failure } from "../../contracts/failure.ts";
import { MAX_REEL_BYTES } from "../../contracts/reel.ts";
import { notFound, Refusal } from "../refusal.ts";
import { alerts } from "./alerts.ts";
import { requireActor, requireAdmin } from "./bearer.ts";
import { contacts } from "./contacts.ts";
import { docs } from "./docs.ts";
import { answerFailure } from "./failures.ts";
import { fromOrigins } from "./from-origins.ts";
import { healthz } from "./healthz.ts";
import { incidents } from "./incidents.ts";
import { live } from "./live.ts";
import { origins } from "./origins.ts";
import { policy } from "./policy.ts";
import { prepare } from "./prepare.ts";
import { REEL_OBJECT_PATH, reel } from "./reel.ts";
import { type ControlEnv, createRouter } from "./router.ts";
import { routing } from "./routing.ts";
import { stations } from "./stations.ts";
import { streamKeys } from "./stream-keys.ts";
import { tokens } from "./tokens.ts";

/** A heartbeat of 200 stations and 50 incidents at their longest stays below. */
const MAX_BODY_BYTES = 256 << 10;
const REQUEST_TIMEOUT_MS = 15_000;

const DESCRIPTION = {
  openapi: "3.1.0",
  info: {
    title: "Radio Dream: control",
    version: "1",
    description:
      "Stations, origins, routing and incidents. Times are Unix ms. Lists answer `{ items, next }`: `next` is the " +
      "`cursor` of the next page, or null. Errors answer `{ error: { code, message, details } }`.",
  },
};

/** The whole API. What stands above `requireActor` is open to all, or looks after its own tokens. */
export function createApp(): OpenAPIHono<ControlEnv> {
  const app = createRouter();
  app.onError(answerFailure);
  app.notFound((c) => c.json(failure("not_found", notFound("such path").message), 404));
  app.use(prepare);
  app.use(timeout(REQUEST_TIMEOUT_MS, new HTTPException(503, { message: "That took too long." })));
  app.use((c, next) => (REEL_OBJECT_PATH.test(c.req.path) ? limitReel : limitBody)(c, next));

  app.route("/", healthz);
  app.route("/", docs);
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  app.get("/api/v1/openapi.json", (c) => c.json(app.getOpenAPI31Document(DESCRIPTION)));
  app.route("/api/v1", fromOrigins);

  app.use("/api/v1/*", requireActor, requireAdmin);
  app.route("/api/v1", stations);
  app.route("/api/v1", reel);
  app.route("/api/v1", live);
  app.route("/api/v1", streamKeys);
  app.route("/api/v1", origins);
  app.route("/api/v1", routing);
  app.route("/api/v1", incidents);
  app.route("/api/v1", contacts);
  app.route("/api/v1", alerts);
  app.route("/api/v1", policy);
  app.route("/api/v1", tokens);
  return app;
}

const limitBody = limitTo(MAX_BODY_BYTES);
const limitReel = limitTo(MAX_REEL_BYTES);

function limitTo(maxSize: number) {
  const onError = () => {
    throw new Refusal(413, "too_large", `A request may have ${maxSize} bytes at most.`);
  };
  return bodyLimit({ maxSize, onError });
}
