import { createRoute, z } from "@hono/zod-openapi";
import { PlaylistOrder } from "../../contracts/plan.ts";
import { PageQuery } from "../db/page.ts";
import { listPlaylistEntries, PlaylistEntries, setPlaylistEntries } from "../schedule/playlist-entries.ts";
import {
  changePlaylist,
  createPlaylist,
  deletePlaylist,
  listPlaylists,
  NewPlaylist,
  PlaylistChange,
  readPlaylist,
} from "../schedule/playlists.ts";
import { body, failures, json, NOTHING, pageSchema, SECURED } from "./answers.ts";
import { publishSoon } from "./publish-soon.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";

const PlaylistPath = StationPath.extend({ id: z.uuid() });
const PlaylistAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  order: PlaylistOrder,
  /** How many files are on it. */
  entries: z.int(),
  createdAt: z.int(),
});
const PlaylistEntryAnswer = z.object({
  position: z.int(),
  media: z.uuid(),
  weight: z.number(),
  title: z.string(),
  artist: z.string(),
  isOnAir: z.boolean().openapi({ description: "Whether it is heard: approved, and not deleted" }),
});

const list = createRoute({
  method: "get",
  path: "/stations/{slug}/playlists",
  operationId: "listPlaylists",
  tags: ["Schedule"],
  summary: "A station's playlists by name",
  security: SECURED,
  request: { params: StationPath, query: PageQuery },
  responses: { 200: json(pageSchema(PlaylistAnswer), "A page of playlists"), ...failures(401, 403, 404, 422) },
});

const create = createRoute({
  method: "post",
  path: "/stations/{slug}/playlists",
  operationId: "createPlaylist",
  tags: ["Schedule"],
  summary: "Create a playlist with nothing on it",
  security: SECURED,
  request: { params: StationPath, body: body(NewPlaylist) },
  responses: { 201: json(PlaylistAnswer, "The playlist"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const read = createRoute({
  method: "get",
  path: "/stations/{slug}/playlists/{id}",
  operationId: "readPlaylist",
  tags: ["Schedule"],
  summary: "A playlist",
  security: SECURED,
  request: { params: PlaylistPath },
  responses: { 200: json(PlaylistAnswer, "The playlist"), ...failures(401, 403, 404, 422) },
});

const change = createRoute({
  method: "patch",
  path: "/stations/{slug}/playlists/{id}",
  operationId: "changePlaylist",
  tags: ["Schedule"],
  summary: "Change a playlist's name or order",
  security: SECURED,
  request: { params: PlaylistPath, body: body(PlaylistChange) },
  responses: { 200: json(PlaylistAnswer, "The playlist"), ...failures(400, 401, 403, 404, 413, 422) },
});

const remove = createRoute({
  method: "delete",
  path: "/stations/{slug}/playlists/{id}",
  operationId: "deletePlaylist",
  tags: ["Schedule"],
  summary: "Delete a playlist that neither the rules nor the schedule play",
  security: SECURED,
  request: { params: PlaylistPath },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 409, 422) },
});

const listEntries = createRoute({
  method: "get",
  path: "/stations/{slug}/playlists/{id}/entries",
  operationId: "listPlaylistEntries",
  tags: ["Schedule"],
  summary: "What is on a playlist, in its order",
  security: SECURED,
  request: { params: PlaylistPath, query: PageQuery },
  responses: { 200: json(pageSchema(PlaylistEntryAnswer), "A page of files"), ...failures(401, 403, 404, 422) },
});

const setEntries = createRoute({
  method: "put",
  path: "/stations/{slug}/playlists/{id}/entries",
  operationId: "setPlaylistEntries",
  tags: ["Schedule"],
  summary: "Put these files on a playlist, in this order, instead of what is there",
  security: SECURED,
  request: { params: PlaylistPath, body: body(PlaylistEntries) },
  responses: { 200: json(PlaylistAnswer, "The playlist"), ...failures(400, 401, 403, 404, 413, 422) },
});

export const playlists = createRouter()
  .openapi(list, async (c) =>
    c.json(await listPlaylists(c.var.context, c.req.valid("param").slug, c.req.valid("query")), 200),
  )
  .openapi(create, async (c) => {
    const { slug } = c.req.valid("param");
    const created = await createPlaylist(c.var.context, slug, c.req.valid("json"));
    publishSoon(c, slug);
    return c.json(created, 201);
  })
  .openapi(read, async (c) => {
    const { slug, id } = c.req.valid("param");
    return c.json(await readPlaylist(c.var.context, slug, id), 200);
  })
  .openapi(change, async (c) => {
    const { slug, id } = c.req.valid("param");
    const changed = await changePlaylist(c.var.context, slug, id, c.req.valid("json"));
    publishSoon(c, slug);
    return c.json(changed, 200);
  })
  .openapi(remove, async (c) => {
    const { slug, id } = c.req.valid("param");
    await deletePlaylist(c.var.context, slug, id);
    publishSoon(c, slug);
    return c.body(null, 204);
  })
  .openapi(listEntries, async (c) => {
    const { slug, id } = c.req.valid("param");
    return c.json(await listPlaylistEntries(c.var.context, slug, id, c.req.valid("query")), 200);
  })
  .openapi(setEntries, async (c) => {
    const { slug, id } = c.req.valid("param");
    const changed = await setPlaylistEntries(c.var.context, slug, id, c.req.valid("json"));
    publishSoon(c, slug);
    return c.json(changed, 200);
  });
