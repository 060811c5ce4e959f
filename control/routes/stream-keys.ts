import { createRoute, z } from "@hono/zod-openapi";
import { PageQuery } from "../db/page.ts";
import { createStreamKey, listStreamKeys, NewStreamKey, revokeStreamKey } from "../registry/stream-keys.ts";
import { body, failures, json, NOTHING, pageSchema, SECURED } from "./answers.ts";
import { tellMonitor } from "./ask-monitor.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";

const StreamKeyAnswer = z.object({ id: z.string(), name: z.string(), createdAt: z.int() });

const list = createRoute({
  method: "get",
  path: "/stations/{slug}/keys",
  operationId: "listStreamKeys",
  tags: ["Live"],
  summary: "The stream keys of a station, without the keys themselves",
  security: SECURED,
  request: { params: StationPath, query: PageQuery },
  responses: { 200: json(pageSchema(StreamKeyAnswer), "A page of keys"), ...failures(401, 403, 404, 422) },
});

const create = createRoute({
  method: "post",
  path: "/stations/{slug}/keys",
  operationId: "createStreamKey",
  tags: ["Live"],
  summary: "Make a stream key for a host; it is shown this once",
  security: SECURED,
  request: { params: StationPath, body: body(NewStreamKey) },
  responses: {
    201: json(z.object({ id: z.string(), name: z.string(), key: z.string() }), "The key"),
    ...failures(400, 401, 403, 404, 409, 413, 422),
  },
});

const revoke = createRoute({
  method: "delete",
  path: "/stations/{slug}/keys/{id}",
  operationId: "revokeStreamKey",
  tags: ["Live"],
  summary: "End a stream key",
  security: SECURED,
  request: { params: StationPath.extend({ id: z.uuid() }) },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 422) },
});

export const streamKeys = createRouter()
  .openapi(list, async (c) =>
    c.json(await listStreamKeys(c.var.context, c.req.valid("param").slug, c.req.valid("query")), 200),
  )
  .openapi(create, async (c) => {
    const key = await createStreamKey(c.var.context, c.req.valid("param").slug, c.req.valid("json"));
    await tellMonitor(c);
    return c.json(key, 201);
  })
  .openapi(revoke, async (c) => {
    const { slug, id } = c.req.valid("param");
    await revokeStreamKey(c.var.context, slug, id);
    await tellMonitor(c);
    return c.body(null, 204);
  });
