import { createRoute, z } from "@hono/zod-openapi";
import { Sha256 } from "../../contracts/names.ts";
import { ReelManifest } from "../../contracts/reel.ts";
import { readReel, removeReel, setReel, storeReelObject } from "../media/reel.ts";
import { body, failures, json, NOTHING, SECURED } from "./answers.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";

const read = createRoute({
  method: "get",
  path: "/stations/{slug}/reel",
  operationId: "readReel",
  tags: ["Reel"],
  summary: "The station's own emergency audio; 404 while the default one is played",
  security: SECURED,
  request: { params: StationPath },
  responses: { 200: json(ReelManifest, "The reel"), ...failures(401, 403, 404, 422) },
});

const store = createRoute({
  method: "put",
  path: "/stations/{slug}/reel/{sha256}",
  operationId: "storeReelObject",
  tags: ["Reel"],
  summary: "Store one rendition of a reel to come: its pieces laid end to end",
  security: SECURED,
  request: {
    params: StationPath.extend({ sha256: Sha256 }),
    body: { required: true, content: { "video/mp2t": { schema: z.string().openapi({ format: "binary" }) } } },
  },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 413, 422) },
});

const set = createRoute({
  method: "put",
  path: "/stations/{slug}/reel",
  operationId: "setReel",
  tags: ["Reel"],
  summary: "Put a reel in place whose objects are stored; edges play it within a minute",
  security: SECURED,
  request: { params: StationPath, body: body(ReelManifest) },
  responses: { 200: json(ReelManifest, "The reel"), ...failures(400, 401, 403, 404, 413, 422) },
});

const remove = createRoute({
  method: "delete",
  path: "/stations/{slug}/reel",
  operationId: "removeReel",
  tags: ["Reel"],
  summary: "Go back to the default reel",
  security: SECURED,
  request: { params: StationPath },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 422) },
});

export const reel = createRouter()
  .openapi(read, async (c) => c.json(await readReel(c.var.context, c.env.MEDIA, c.req.valid("param").slug), 200))
  .openapi(store, async (c) => {
    const { slug, sha256 } = c.req.valid("param");
    await storeReelObject(c.var.context, c.env.MEDIA, slug, sha256, await c.req.arrayBuffer());
    return c.body(null, 204);
  })
  .openapi(set, async (c) => {
    const manifest = c.req.valid("json");
    await setReel(c.var.context, c.env.MEDIA, c.req.valid("param").slug, manifest);
    return c.json(manifest, 200);
  })
  .openapi(remove, async (c) => {
    await removeReel(c.var.context, c.env.MEDIA, c.req.valid("param").slug);
    return c.body(null, 204);
  });
