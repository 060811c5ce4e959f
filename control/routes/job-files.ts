import { createRoute, z } from "@hono/zod-openapi";
import { MAX_PREPARED_PARTS, NewPreparedFile } from "../../contracts/jobs.ts";
import { originalKey } from "../../contracts/media.ts";
import { holdJob } from "../jobs/hold.ts";
import { finishPrepared, putCover, putPreparedPart } from "../jobs/prepared.ts";
import { answerObject } from "../media/answer-object.ts";
import { binary, binaryBody, body, failures, NOTHING, SECURED } from "./answers.ts";
import { parseContentDigest, RequiredContentDigest } from "./content-digest.ts";
import { forOrigins, JobPath, originOf } from "./job-holder.ts";
import { createRouter } from "./router.ts";
import { streamOf } from "./transfers.ts";

/** The files that go between control and an origin that prepares; contracts/jobs.ts tells the whole. */

const original = createRoute({
  method: "get",
  path: "/jobs/{id}/original",
  operationId: "readJobOriginal",
  tags: ["For origins"],
  summary: "The file that is to be prepared; Range is allowed",
  security: SECURED,
  middleware: forOrigins,
  request: { params: JobPath },
  responses: {
    200: binary("application/octet-stream", "The file"),
    206: binary("application/octet-stream", "The part of it that was asked for"),
    ...failures(401, 403, 404, 409, 416, 422),
  },
});

const putPart = createRoute({
  method: "put",
  path: "/jobs/{id}/prepared",
  operationId: "putPreparedPart",
  tags: ["For origins"],
  summary: "Send one part of the prepared file: 16 MiB each, the last what remains",
  security: SECURED,
  middleware: forOrigins,
  request: {
    params: JobPath,
    query: z.object({ part: z.coerce.number().int().min(1).max(MAX_PREPARED_PARTS) }),
    body: binaryBody("application/octet-stream"),
  },
  responses: { 204: NOTHING, ...failures(401, 403, 409, 411, 413, 422, 503) },
});

const finishParts = createRoute({
  method: "post",
  path: "/jobs/{id}/prepared",
  operationId: "finishPrepared",
  tags: ["For origins"],
  summary: "Make one file of the parts, or learn that it is there already",
  security: SECURED,
  middleware: forOrigins,
  request: { params: JobPath, body: body(NewPreparedFile) },
  responses: { 204: NOTHING, ...failures(400, 401, 403, 409, 413, 422) },
});

const cover = createRoute({
  method: "put",
  path: "/jobs/{id}/cover",
  operationId: "putCover",
  tags: ["For origins"],
  summary: "Send the cover, a JPEG of a megabyte at most",
  security: SECURED,
  middleware: forOrigins,
  request: {
    params: JobPath,
    headers: z.object({ "content-digest": RequiredContentDigest }),
    body: binaryBody("image/jpeg"),
  },
  responses: { 204: NOTHING, ...failures(401, 403, 409, 413, 422) },
});

export const jobFiles = createRouter()
  .openapi(original, async (c) => {
    const { station, media } = await holdJob(c.var.context, originOf(c), c.req.valid("param").id);
    const serving = { contentType: "application/octet-stream", contentDisposition: "attachment" };
    return answerObject(c.req.raw, c.env.MEDIA, originalKey(station, media), serving);
  })
  .openapi(putPart, async (c) => {
    const { bytes, body } = streamOf(c);
    const part = { number: c.req.valid("query").part, bytes };
    await putPreparedPart(c.var.context, c.env.MEDIA, originOf(c), c.req.valid("param").id, part, body);
    return c.body(null, 204);
  })
  .openapi(finishParts, async (c) => {
    await finishPrepared(c.var.context, c.env.MEDIA, originOf(c), c.req.valid("param").id, c.req.valid("json"));
    return c.body(null, 204);
  })
  .openapi(cover, async (c) => {
    const sha256 = parseContentDigest(c.req.valid("header")["content-digest"]);
    const bytes = await c.req.arrayBuffer();
    await putCover(c.var.context, c.env.MEDIA, originOf(c), c.req.valid("param").id, sha256, bytes);
    return c.body(null, 204);
  });
