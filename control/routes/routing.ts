import { createRoute, z } from "@hono/zod-openapi";
import { OriginId } from "../../contracts/names.ts";
import { ROUTING_KEY, RoutedOrigin, Routing } from "../../contracts/routing.ts";
import { withTimeout } from "../../kit/race.ts";
import { POLICY } from "../health/policy.ts";
import { notFound } from "../refusal.ts";
import { failures, json, SECURED } from "./answers.ts";
import { createRouter } from "./router.ts";

const PublicRouting = Routing.extend({
  origins: z.record(
    OriginId,
    RoutedOrigin.omit({ tokenHash: true }).extend({
      /** Whether the edge takes its uploads. */
      uploads: z.boolean(),
    }),
  ),
});

const read = createRoute({
  method: "get",
  path: "/routing",
  operationId: "readRouting",
  tags: ["Routing"],
  summary: "The snapshot that the edge obeys, as it stands in R2, without the hashes of tokens",
  security: SECURED,
  responses: { 200: json(PublicRouting, "The snapshot"), ...failures(401, 403, 404) },
});

export const routing = createRouter().openapi(read, async (c) => {
  const object = await withTimeout(POLICY.bucketTimeoutMs, "R2 get", () => c.env.MEDIA.get(ROUTING_KEY));
  if (!object) throw notFound("routing yet: it needs a station and an origin");
  const published = Routing.parse(await object.json());
  const origins = Object.fromEntries(
    Object.entries(published.origins).map(([id, { url, tokenHash }]) => [id, { url, uploads: tokenHash !== null }]),
  );
  return c.json({ ...published, origins }, 200);
});
