import { createRoute } from "@hono/zod-openapi";
import { readStation } from "../registry/read-stations.ts";
import { Rotation, readRotation, setRotation } from "../schedule/rotation.ts";
import { body, failures, json, SECURED } from "./answers.ts";
import { publishSoon } from "./publish-soon.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";

const read = createRoute({
  method: "get",
  path: "/stations/{slug}/rules",
  operationId: "readRules",
  tags: ["Schedule"],
  summary: "By which rules, at what loudness and by which clock a station plays its library",
  security: SECURED,
  request: { params: StationPath },
  responses: { 200: json(Rotation, "The rules"), ...failures(401, 403, 404, 422) },
});

const set = createRoute({
  method: "put",
  path: "/stations/{slug}/rules",
  operationId: "setRules",
  tags: ["Schedule"],
  summary: "Set all rules; what is left out is as by default",
  security: SECURED,
  request: { params: StationPath, body: body(Rotation) },
  responses: { 200: json(Rotation, "The rules"), ...failures(400, 401, 403, 404, 413, 422) },
});

export const rules = createRouter()
  .openapi(read, async (c) => {
    const { slug } = c.req.valid("param");
    await readStation(c.var.context, slug);
    return c.json(await readRotation(c.var.context.db, slug), 200);
  })
  .openapi(set, async (c) => {
    const { slug } = c.req.valid("param");
    const rotation = await setRotation(c.var.context, slug, c.req.valid("json"));
    publishSoon(c, slug);
    return c.json(rotation, 200);
  });
