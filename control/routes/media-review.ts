import { createRoute } from "@hono/zod-openapi";
import { readMedia } from "../media/read-media.ts";
import { Approval, approveMedia, Rejection, rejectMedia, retryMedia } from "../media/review.ts";
import { body, failures, json, SECURED } from "./answers.ts";
import { MediaDetails, MediaPath, mediaDetails } from "./media-answer.ts";
import { publishSoon } from "./publish-soon.ts";
import { createRouter } from "./router.ts";

const approve = createRoute({
  method: "post",
  path: "/stations/{slug}/media/{id}/approve",
  operationId: "approveMedia",
  tags: ["Media"],
  summary: "Let a file go on air; only one that has been prepared",
  security: SECURED,
  request: { params: MediaPath, body: body(Approval) },
  responses: { 200: json(MediaDetails, "The file"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const reject = createRoute({
  method: "post",
  path: "/stations/{slug}/media/{id}/reject",
  operationId: "rejectMedia",
  tags: ["Media"],
  summary: "Keep a file off the air, and say why",
  security: SECURED,
  request: { params: MediaPath, body: body(Rejection) },
  responses: { 200: json(MediaDetails, "The file"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const retry = createRoute({
  method: "post",
  path: "/stations/{slug}/media/{id}/retry",
  operationId: "retryMedia",
  tags: ["Media"],
  summary: "Have a file prepared anew that could not be prepared",
  security: SECURED,
  request: { params: MediaPath },
  responses: { 200: json(MediaDetails, "The file"), ...failures(401, 403, 404, 409, 422) },
});

export const mediaReview = createRouter()
  .openapi(approve, async (c) => {
    const { slug, id } = c.req.valid("param");
    await approveMedia(c.var.context, c.env.MEDIA, slug, id, c.req.valid("json"));
    return c.json(mediaDetails(await readMedia(c.var.context, slug, id)), 200);
  })
  .openapi(reject, async (c) => {
    const { slug, id } = c.req.valid("param");
    await rejectMedia(c.var.context, c.env.MEDIA, slug, id, c.req.valid("json"));
    publishSoon(c, slug);
    return c.json(mediaDetails(await readMedia(c.var.context, slug, id)), 200);
  })
  .openapi(retry, async (c) => {
    const { slug, id } = c.req.valid("param");
    await retryMedia(c.var.context, slug, id);
    return c.json(mediaDetails(await readMedia(c.var.context, slug, id)), 200);
  });
