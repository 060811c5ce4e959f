import { createRoute } from "@hono/zod-openapi";
import { PageQuery } from "../db/page.ts";
import { changeStation, StationChange } from "../registry/change-station.ts";
import { createStation, NewStation } from "../registry/create-station.ts";
import { deleteStation } from "../registry/delete-station.ts";
import { listStations } from "../registry/read-stations.ts";
import { body, failures, json, NOTHING, pageSchema, SECURED } from "./answers.ts";
import { tellMonitor } from "./ask-monitor.ts";
import { createRouter } from "./router.ts";
import { describeStation, describeStations, StationAnswer, StationPath } from "./station-answer.ts";

const list = createRoute({
  method: "get",
  path: "/stations",
  operationId: "listStations",
  tags: ["Stations"],
  summary: "Stations by slug",
  security: SECURED,
  request: { query: PageQuery },
  responses: { 200: json(pageSchema(StationAnswer), "A page of stations"), ...failures(401, 403, 422) },
});

const create = createRoute({
  method: "post",
  path: "/stations",
  operationId: "createStation",
  tags: ["Stations"],
  summary: "Create a station; it goes on air as soon as an origin takes it up",
  security: SECURED,
  request: { body: body(NewStation) },
  responses: { 201: json(StationAnswer, "The station"), ...failures(400, 401, 403, 409, 413, 422) },
});

const read = createRoute({
  method: "get",
  path: "/stations/{slug}",
  operationId: "readStation",
  tags: ["Stations"],
  summary: "A station, and what is on air",
  security: SECURED,
  request: { params: StationPath },
  responses: { 200: json(StationAnswer, "The station"), ...failures(401, 403, 404, 422) },
});

const change = createRoute({
  method: "patch",
  path: "/stations/{slug}",
  operationId: "changeStation",
  tags: ["Stations"],
  summary: "Change a station's name, renditions, live policy, limit of silence or delivery",
  security: SECURED,
  request: { params: StationPath, body: body(StationChange) },
  responses: { 200: json(StationAnswer, "The station"), ...failures(400, 401, 403, 404, 413, 422) },
});

const remove = createRoute({
  method: "delete",
  path: "/stations/{slug}",
  operationId: "deleteStation",
  tags: ["Stations"],
  summary: "Delete a station, with its keys",
  security: SECURED,
  request: { params: StationPath },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 422) },
});

export const stations = createRouter()
  .openapi(list, async (c) => {
    const page = await listStations(c.var.context, c.req.valid("query"));
    return c.json({ items: await describeStations(c, page.items), next: page.next }, 200);
  })
  .openapi(create, async (c) => {
    const station = c.req.valid("json");
    await createStation(c.var.context, station);
    await tellMonitor(c);
    return c.json(await describeStation(c, station.slug), 201);
  })
  .openapi(read, async (c) => c.json(await describeStation(c, c.req.valid("param").slug), 200))
  .openapi(change, async (c) => {
    const { slug } = c.req.valid("param");
    await changeStation(c.var.context, slug, c.req.valid("json"));
    await tellMonitor(c);
    return c.json(await describeStation(c, slug), 200);
  })
  .openapi(remove, async (c) => {
    await deleteStation(c.var.context, c.req.valid("param").slug);
    await tellMonitor(c);
    return c.body(null, 204);
  });
