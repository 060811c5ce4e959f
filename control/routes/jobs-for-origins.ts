import { createRoute } from "@hono/zod-openapi";
import { Job, JobLease, JobProgress, JobResult } from "../../contracts/jobs.ts";
import { claimJob } from "../jobs/claim.ts";
import { finishJob } from "../jobs/finish.ts";
import { holdJob } from "../jobs/hold.ts";
import { JOBS } from "../jobs/policy.ts";
import { Refusal } from "../refusal.ts";
import { body, failures, json, NOTHING, SECURED } from "./answers.ts";
import { forOrigins, JobPath, originOf } from "./job-holder.ts";
import { OriginPath } from "./origins.ts";
import { createRouter } from "./router.ts";

/** How origins prepare files, as contracts/jobs.ts tells it. */

const claim = createRoute({
  method: "post",
  path: "/origins/{id}/jobs/claim",
  operationId: "claimJob",
  tags: ["For origins"],
  summary: "An origin with capacity to spare takes the job that has waited longest",
  security: SECURED,
  middleware: forOrigins,
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
  middleware: forOrigins,
  request: { params: JobPath, body: body(JobProgress) },
  responses: { 200: json(JobLease, "How long it is yours from now on"), ...failures(400, 401, 403, 409, 413, 422) },
});

const result = createRoute({
  method: "post",
  path: "/jobs/{id}/result",
  operationId: "finishJob",
  tags: ["For origins"],
  summary: "End a job: the file is prepared, nobody can prepare it, or this origin cannot",
  security: SECURED,
  middleware: forOrigins,
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
  .openapi(result, async (c) => {
    await finishJob(c.var.context, c.env.MEDIA, originOf(c), c.req.valid("param").id, c.req.valid("json"));
    return c.body(null, 204);
  });
