import type { OpenAPIHono } from "@hono/zod-openapi";
import { failure } from "../../contracts/failure.ts";
import { notFound } from "../refusal.ts";
import { alerts } from "./alerts.ts";
import { requireActor, requireAdmin } from "./bearer.ts";
import { contacts } from "./contacts.ts";
import { diagnosis } from "./diagnosis.ts";
import { docs } from "./docs.ts";
import { answerFailure } from "./failures.ts";
import { fromOrigins } from "./from-origins.ts";
import { healthz } from "./healthz.ts";
import { history } from "./history.ts";
import { incidents } from "./incidents.ts";
import { jobFiles } from "./job-files.ts";
import { jobs } from "./jobs.ts";
import { jobsForOrigins } from "./jobs-for-origins.ts";
import { library } from "./library.ts";
import { live } from "./live.ts";
import { media } from "./media.ts";
import { mediaFiles } from "./media-files.ts";
import { mediaReview } from "./media-review.ts";
import { metrics } from "./metrics.ts";
import { origins } from "./origins.ts";
import { plan } from "./plan.ts";
import { playlists } from "./playlists.ts";
import { policy } from "./policy.ts";
import { prepare } from "./prepare.ts";
import { reel } from "./reel.ts";
import { relays } from "./relays.ts";
import { type ControlEnv, createRouter } from "./router.ts";
import { routing } from "./routing.ts";
import { rules } from "./rules.ts";
import { schedule } from "./schedule.ts";
import { stations } from "./stations.ts";
import { streamKeys } from "./stream-keys.ts";
import { tokens } from "./tokens.ts";
import { limitBody, limitTime } from "./transfers.ts";
import { upgrades } from "./upgrades.ts";
import { uploads } from "./uploads.ts";

const DESCRIPTION = {
  openapi: "3.1.0",
  info: {
    title: "Radio Dream: control",
    version: "1",
    description:
      "Stations, origins, routing and incidents. Times are Unix ms. Lists answer `{ items, next }`: `next` is the " +
      "`cursor` of the next page, or null. Errors answer `{ error: { code, message, details, trace } }`: `trace` is " +
      "the trace id of W3C Trace Context, of the request's `traceparent` where it had one, by which logs are searched.",
  },
};

/** The whole API. What stands above `requireActor` is open to all, or looks after its own tokens. */
export function createApp(): OpenAPIHono<ControlEnv> {
  const app = createRouter();
  app.onError(answerFailure);
  app.notFound((c) => c.json(failure("not_found", notFound("such path").message, undefined, c.var.trace.id), 404));
  app.use(prepare);
  app.use(limitTime, limitBody);

  app.route("/", healthz);
  app.route("/", metrics);
  app.route("/", docs);
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  app.get("/api/v1/openapi.json", (c) => c.json(app.getOpenAPI31Document(DESCRIPTION)));
  app.route("/api/v1", fromOrigins);
  app.route("/api/v1", jobsForOrigins);
  app.route("/api/v1", jobFiles);

  app.use("/api/v1/*", requireActor, requireAdmin);
  app.route("/api/v1", stations);
  app.route("/api/v1", reel);
  app.route("/api/v1", library);
  app.route("/api/v1", uploads);
  app.route("/api/v1", media);
  app.route("/api/v1", mediaReview);
  app.route("/api/v1", mediaFiles);
  app.route("/api/v1", jobs);
  app.route("/api/v1", playlists);
  app.route("/api/v1", rules);
  app.route("/api/v1", schedule);
  app.route("/api/v1", relays);
  app.route("/api/v1", plan);
  app.route("/api/v1", history);
  app.route("/api/v1", live);
  app.route("/api/v1", streamKeys);
  app.route("/api/v1", origins);
  app.route("/api/v1", upgrades);
  app.route("/api/v1", routing);
  app.route("/api/v1", incidents);
  app.route("/api/v1", contacts);
  app.route("/api/v1", alerts);
  app.route("/api/v1", policy);
  app.route("/api/v1", diagnosis);
  app.route("/api/v1", tokens);
  return app;
}
