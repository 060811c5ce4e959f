import { createRoute, z } from "@hono/zod-openapi";
import { MediaKind } from "../../contracts/media.ts";
import { changeMedia, MediaChange } from "../media/change-media.ts";
import { deleteMedia, restoreMedia } from "../media/delete-media.ts";
import { listMedia, MediaQuery, readMedia } from "../media/read-media.ts";
import { storeWhole } from "../media/store-whole.ts";
import { binaryBody, body, failures, json, NOTHING, pageSchema, SECURED } from "./answers.ts";
import { ContentDigest, parseContentDigest } from "./content-digest.ts";
import { MediaAnswer, MediaDetails, MediaPath, mediaAnswer, mediaDetails } from "./media-answer.ts";
import { publishSoon } from "./publish-soon.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";
import { streamOf } from "./transfers.ts";

const list = createRoute({
  method: "get",
  path: "/stations/{slug}/media",
  operationId: "listMedia",
  tags: ["Media"],
  summary: "The files of the library, newest first: all, or those that fit what is asked for",
  security: SECURED,
  request: { params: StationPath, query: MediaQuery },
  responses: { 200: json(pageSchema(MediaAnswer), "A page of files"), ...failures(401, 403, 404, 422) },
});

const store = createRoute({
  method: "post",
  path: "/stations/{slug}/media",
  operationId: "storeMedia",
  tags: ["Media"],
  summary: "Upload a file in one request, of 100 MB at most, which is Cloudflare's limit; larger ones come in parts",
  security: SECURED,
  request: {
    params: StationPath,
    query: z.object({ fileName: z.string().min(1).max(1000), kind: MediaKind.default("music") }),
    headers: z.object({ "content-digest": ContentDigest }),
    body: binaryBody("audio/*"),
  },
  responses: {
    201: json(MediaDetails, "The file, now in the library; `duplicates` names others of the same content"),
    ...failures(401, 403, 404, 409, 411, 413, 422, 503),
  },
});

const read = createRoute({
  method: "get",
  path: "/stations/{slug}/media/{id}",
  operationId: "readMedia",
  tags: ["Media"],
  summary: "A file of the library, with its waveform",
  security: SECURED,
  request: { params: MediaPath },
  responses: { 200: json(MediaDetails, "The file"), ...failures(401, 403, 404, 422) },
});

const change = createRoute({
  method: "patch",
  path: "/stations/{slug}/media/{id}",
  operationId: "changeMedia",
  tags: ["Media"],
  summary: "Change what a file is called, its tags, or where it begins and ends",
  security: SECURED,
  request: { params: MediaPath, body: body(MediaChange) },
  responses: { 200: json(MediaDetails, "The file"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const remove = createRoute({
  method: "delete",
  path: "/stations/{slug}/media/{id}",
  operationId: "deleteMedia",
  tags: ["Media"],
  summary: "Delete a file, unless playlists or the schedule name it; it can be restored for 30 days",
  security: SECURED,
  request: {
    params: MediaPath,
    /** Delete it although it is named: what names it goes on without it. */
    query: z.object({ force: z.enum(["true", "false"]).default("false") }),
  },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 409, 422) },
});

const restore = createRoute({
  method: "post",
  path: "/stations/{slug}/media/{id}/restore",
  operationId: "restoreMedia",
  tags: ["Media"],
  summary: "Put a file back that was deleted",
  security: SECURED,
  request: { params: MediaPath },
  responses: { 200: json(MediaDetails, "The file"), ...failures(401, 403, 404, 409, 422) },
});

export const media = createRouter()
  .openapi(list, async (c) => {
    const page = await listMedia(c.var.context, c.req.valid("param").slug, c.req.valid("query"));
    return c.json({ items: page.items.map(mediaAnswer), next: page.next }, 200);
  })
  .openapi(store, async (c) => {
    const { slug } = c.req.valid("param");
    const { bytes, body } = streamOf(c);
    const upload = { ...c.req.valid("query"), contentType: c.req.header("content-type")?.slice(0, 200) ?? "", bytes };
    const digest = c.req.valid("header")["content-digest"];
    const sha256 = digest === undefined ? null : parseContentDigest(digest);
    return c.json(mediaDetails(await storeWhole(c.var.context, c.env.MEDIA, slug, upload, sha256, body)), 201);
  })
  .openapi(read, async (c) => {
    const { slug, id } = c.req.valid("param");
    return c.json(mediaDetails(await readMedia(c.var.context, slug, id)), 200);
  })
  .openapi(change, async (c) => {
    const { slug, id } = c.req.valid("param");
    await changeMedia(c.var.context, slug, id, c.req.valid("json"));
    return c.json(mediaDetails(await readMedia(c.var.context, slug, id)), 200);
  })
  .openapi(remove, async (c) => {
    const { slug, id } = c.req.valid("param");
    const force = c.req.valid("query").force === "true";
    await deleteMedia(c.var.context, c.env.MEDIA, slug, id, { force });
    publishSoon(c, slug);
    return c.body(null, 204);
  })
  .openapi(restore, async (c) => {
    const { slug, id } = c.req.valid("param");
    await restoreMedia(c.var.context, c.env.MEDIA, slug, id);
    return c.json(mediaDetails(await readMedia(c.var.context, slug, id)), 200);
  });
