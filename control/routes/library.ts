import { createRoute, z } from "@hono/zod-openapi";
import { PageQuery } from "../db/page.ts";
import { Library, readLibrary, setLibrary } from "../media/library.ts";
import { listTags } from "../media/list-tags.ts";
import { readStation } from "../registry/read-stations.ts";
import { body, failures, json, pageSchema, SECURED } from "./answers.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";

const read = createRoute({
  method: "get",
  path: "/stations/{slug}/library",
  operationId: "readLibrary",
  tags: ["Media"],
  summary: "How the station keeps its library",
  security: SECURED,
  request: { params: StationPath },
  responses: { 200: json(Library, "The settings of the library"), ...failures(401, 403, 404, 422) },
});

const set = createRoute({
  method: "put",
  path: "/stations/{slug}/library",
  operationId: "setLibrary",
  tags: ["Media"],
  summary: "Say whether files go on air by a reviewer's word or by themselves; of those in review nothing changes",
  security: SECURED,
  request: { params: StationPath, body: body(Library) },
  responses: { 200: json(Library, "The settings of the library"), ...failures(400, 401, 403, 404, 413, 422) },
});

const tags = createRoute({
  method: "get",
  path: "/stations/{slug}/tags",
  operationId: "listTags",
  tags: ["Media"],
  summary: "The tags that files of the library have, and how many have them",
  security: SECURED,
  request: { params: StationPath, query: PageQuery },
  responses: {
    200: json(pageSchema(z.object({ tag: z.string(), files: z.int() })), "A page of tags"),
    ...failures(401, 403, 404, 422),
  },
});

export const library = createRouter()
  .openapi(tags, async (c) =>
    c.json(await listTags(c.var.context, c.req.valid("param").slug, c.req.valid("query")), 200),
  )
  .openapi(read, async (c) => {
    const { slug } = c.req.valid("param");
    await readStation(c.var.context, slug);
    return c.json(await readLibrary(c.var.context, slug), 200);
  })
  .openapi(set, async (c) => {
    const { slug } = c.req.valid("param");
    await setLibrary(c.var.context, slug, c.req.valid("json"));
    return c.json(await readLibrary(c.var.context, slug), 200);
  });
