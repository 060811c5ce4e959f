import { createRoute, z } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import { every } from "hono/combine";
import {
  Job,
  JobId,
  JobLease,
  JobProgress,
  JobResult,
  MAX_PREPARED_PARTS,
  NewPreparedFile,
} from "../../contracts/jobs.ts";
import { originalKey } from "../../contracts/media.ts";
import type { OriginId } from "../../contracts/names.ts";
import { claimJob } from "../jobs/claim.ts";
import { finishJob } from "../jobs/finish.ts";
import { holdJob } from "../jobs/hold.ts";
import { JOBS } from "../jobs/policy.ts";
import { finishPrepared, putCover, putPreparedPart } from "../jobs/prepared.ts";
import { answerObject } from "../media/answer-object.ts";
import { Refusal } from "../refusal.ts";
import { binary, binaryBody, body, failures, json, NOTHING, SECURED } from "./answers.ts";
import { requireActor, requireOrigin } from "./bearer.ts";
import { parseContentDigest, RequiredContentDigest } from "./content-digest.ts";
import { OriginPath } from "./origins.ts";
import { type ControlEnv, createRouter } from "./router.ts";
import { streamOf } from "./transfers.ts";

/** How origins prepare files, as contracts/jobs.ts tells it. */

const middleware = every(requireActor, requireOrigin);
const JobPath = z.object({ id: JobId });

const claim = createRoute({
  method: "post",
  path: "/origins/{id}/jobs/claim",
  operationId: "claimJob",
  tags: ["For origins"],
  summary: "An origin with capacity to spare takes the job that has waited longest",
  security: SECURED,
  middleware,
  request: { params: OriginPath },
  responses: {
    200: json(Job, "The job, for as long as its lease"),
    204: { description: "There is none" },
    ...failures(401, 403, 422),
  },
});

const progress = createRoute({
  method: "post",
  path: "/jobs/{id}/progress",
  operationId: "reportJob",
  tags: ["For origins"],
  summary: "Say how far a job has come, and keep it; 409: it is lost",
  security: SECURED,
  middleware,
  request: { params: JobPath, body: body(JobProgress) },
  responses: { 200: json(JobLease, "How long it is yours from now on"), ...failures(400, 401, 403, 409, 413, 422) },
});

const original = createRoute({
  method: "get",
  path: "/jobs/{id}/original",
  operationId: "readJobOriginal",
  tags: ["For origins"],
  summary: "The file that is to be prepared; Range is allowed",
  security: SECURED,
  middleware,
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
  middleware,
  request: {
    params: JobPath,
    query: z.object({ part: z.coerce.number().int().min(1).max(MAX_PREPARED_PARTS) }),
    body: binaryBody("application/octet-stream"),
  },
  responses: { 204: NOTHING, ...failures(401, 403, 409, 411, 413, 422) },
});

const finishParts = createRoute({
  method: "post",
  path: "/jobs/{id}/prepared",
  operationId: "finishPrepared",
  tags: ["For origins"],
  summary: "Make one file of the parts, or learn that it is there already",
  security: SECURED,
  middleware,
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
  middleware,
  request: {
    params: JobPath,
    headers: z.object({ "content-digest": RequiredContentDigest }),
    body: binaryBody("image/jpeg"),
  },
  responses: { 204: NOTHING, ...failures(401, 403, 409, 413, 422) },
});

const result = createRoute({
  method: "post",
  path: "/jobs/{id}/result",
  operationId: "finishJob",
  tags: ["For origins"],
  summary: "End a job: the file is prepared, nobody can prepare it, or this origin cannot",
  security: SECURED,
  middleware,
  request: { params: JobPath, body: body(JobResult) },
  responses: { 204: NOTHING, ...failures(400, 401, 403, 409, 413, 422) },
});

export const jobsForOrigins = createRouter()
  .openapi(claim, async (c) => {
    const { id } = c.req.valid("param");
    if (originOf(c) !== id) throw new Refusal(403, "foreign_origin", `This token is not ${id}'s.`);
    const job = await claimJob(c.var.context, id);
    return job === null ? c.body(null, 204) : c.json(job, 200);
  })
  .openapi(progress, async (c) => {
    await holdJob(c.var.context, originOf(c), c.req.valid("param").id, c.req.valid("json"));
    return c.json({ lease: JOBS.leaseMs }, 200);
  })
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
  })
  .openapi(result, async (c) => {
    await finishJob(c.var.context, c.env.MEDIA, originOf(c), c.req.valid("param").id, c.req.valid("json"));
    return c.body(null, 204);
  });

function originOf(c: HonoContext<ControlEnv>): OriginId {
  return c.var.actor.name;
}
