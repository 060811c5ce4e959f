import { createRoute, z } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import { coverKey, originalKey, preparedKey } from "../../contracts/media.ts";
import { MediaFile } from "../../contracts/media-link.ts";
import { answerObject } from "../media/answer-object.ts";
import { setPublic } from "../media/distribution.ts";
import { contentDisposition, stemOf } from "../media/file-name.ts";
import { createAudition, createLink, type Link, NewLink, publicPathsOf } from "../media/links.ts";
import { findMedia, type MediaRow } from "../media/read-media.ts";
import { notFound, Refusal } from "../refusal.ts";
import { binary, body, failures, json, NOTHING, SECURED } from "./answers.ts";
import { MediaPath } from "./media-answer.ts";
import { type ControlEnv, createRouter } from "./router.ts";

const LinkAnswer = z.object({
  url: z.string(),
  /** Unix ms; from then on the address leads nowhere. */
  expiresAt: z.int(),
});

const PublicAnswer = z.object({
  original: z.string(),
  prepared: z.string().nullable(),
  cover: z.string().nullable(),
});

const download = createRoute({
  method: "get",
  path: "/stations/{slug}/media/{id}/files/{file}",
  operationId: "downloadMedia",
  tags: ["Media"],
  summary: "Download the file as it was uploaded, as it was prepared (FLAC), or its cover (JPEG); Range is allowed",
  security: SECURED,
  request: { params: MediaPath.extend({ file: MediaFile }) },
  responses: {
    200: binary("audio/*", "The file"),
    206: binary("audio/*", "The part of it that was asked for"),
    ...failures(401, 403, 404, 416, 422),
  },
});

const audition = createRoute({
  method: "post",
  path: "/stations/{slug}/media/{id}/audition",
  operationId: "auditionMedia",
  tags: ["Media"],
  summary: "An address at the edge to listen to a file by hand, in any state, for ten minutes",
  security: SECURED,
  request: { params: MediaPath, body: body(z.strictObject({ file: MediaFile.exactOptional() })) },
  responses: { 200: json(LinkAnswer, "The address"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const link = createRoute({
  method: "post",
  path: "/stations/{slug}/media/{id}/links",
  operationId: "createMediaLink",
  tags: ["Media"],
  summary: "An address at the edge to give away, of an approved file, good for seven days at most",
  security: SECURED,
  request: { params: MediaPath, body: body(NewLink) },
  responses: { 200: json(LinkAnswer, "The address"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const publish = createRoute({
  method: "put",
  path: "/stations/{slug}/media/{id}/public",
  operationId: "publishMedia",
  tags: ["Media"],
  summary: "Make an approved file public at the edge, under addresses that never change",
  security: SECURED,
  request: { params: MediaPath },
  responses: { 200: json(PublicAnswer, "The addresses"), ...failures(401, 403, 404, 409, 422) },
});

const withdraw = createRoute({
  method: "delete",
  path: "/stations/{slug}/media/{id}/public",
  operationId: "withdrawMedia",
  tags: ["Media"],
  summary: "Make a file public no more, within a minute",
  security: SECURED,
  request: { params: MediaPath },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 409, 422) },
});

export const mediaFiles = createRouter()
  .openapi(download, async (c) => {
    const { slug, id, file } = c.req.valid("param");
    const { key, ...serving } = objectOf(await findMedia(c.var.context, slug, id), file);
    return answerObject(c.req.raw, c.env.MEDIA, key, serving);
  })
  .openapi(audition, async (c) => {
    const { slug, id } = c.req.valid("param");
    const { file } = c.req.valid("json");
    return c.json(linkAnswer(c, await createAudition(c.var.context, c.env.MEDIA, slug, id, file)), 200);
  })
  .openapi(link, async (c) => {
    const { slug, id } = c.req.valid("param");
    return c.json(linkAnswer(c, await createLink(c.var.context, c.env.MEDIA, slug, id, c.req.valid("json"))), 200);
  })
  .openapi(publish, async (c) => {
    const { slug, id } = c.req.valid("param");
    const edge = edgeOf(c);
    await setPublic(c.var.context, c.env.MEDIA, slug, id, true);
    const { original, prepared, cover } = publicPathsOf(await findMedia(c.var.context, slug, id));
    const at = (path: string | null) => (path === null ? null : edge + path);
    return c.json({ original: edge + original, prepared: at(prepared), cover: at(cover) }, 200);
  })
  .openapi(withdraw, async (c) => {
    const { slug, id } = c.req.valid("param");
    await setPublic(c.var.context, c.env.MEDIA, slug, id, false);
    return c.body(null, 204);
  });

function linkAnswer(c: HonoContext<ControlEnv>, { path, expires }: Link) {
  return { url: edgeOf(c) + path, expiresAt: expires * 1000 };
}

function edgeOf(c: HonoContext<ControlEnv>): string {
  const { EDGE_URL } = c.var.settings;
  if (EDGE_URL === undefined) throw new Refusal(409, "edge_unknown", "Control was not told where the edge is.");
  return EDGE_URL.replace(/\/+$/, "");
}

function objectOf({ station, id, fileName, contentType, title, preparation }: MediaRow, file: MediaFile) {
  const named = (name: string) => contentDisposition("attachment", name);
  if (file === "original") {
    return { key: originalKey(station, id), contentType, contentDisposition: named(fileName) };
  }
  const object = file === "prepared" ? preparation?.prepared : preparation?.cover;
  if (!object) throw notFound(`${file} of file ${id}`);
  const name = title || stemOf(fileName);
  return file === "prepared"
    ? { key: preparedKey(station, object.sha256), contentType: "audio/flac", contentDisposition: named(`${name}.flac`) }
    : { key: coverKey(station, object.sha256), contentType: "image/jpeg", contentDisposition: named(`${name}.jpg`) };
}
