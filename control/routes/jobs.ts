import { createRoute, z } from "@hono/zod-openapi";
import { JobId, JobPhase } from "../../contracts/jobs.ts";
import { MediaId } from "../../contracts/media.ts";
import { OriginId, StationSlug } from "../../contracts/names.ts";
import { JOB_STATES } from "../db/jobs.ts";
import { JobQuery, listJobs } from "../jobs/read-jobs.ts";
import { failures, json, pageSchema, SECURED } from "./answers.ts";
import { createRouter } from "./router.ts";

const JobAnswer = z.object({
  id: JobId,
  station: StationSlug,
  media: MediaId,
  /** Which try at this file it is. */
  attempt: z.int(),
  state: z.enum(JOB_STATES),
  origin: OriginId.nullable(),
  phase: JobPhase.nullable(),
  /** Of the phase, 0 to 1. */
  share: z.number(),
  /** Why it came to nothing. */
  reason: z.string().nullable(),
  createdAt: z.int(),
  startedAt: z.int().nullable(),
  /** Until when it is its origin's, unless that one says something. */
  heldUntil: z.int().nullable(),
  finishedAt: z.int().nullable(),
});

const list = createRoute({
  method: "get",
  path: "/jobs",
  operationId: "listJobs",
  tags: ["Media"],
  summary: "Tries at preparing files, newest first, with their progress",
  security: SECURED,
  request: { query: JobQuery },
  responses: { 200: json(pageSchema(JobAnswer), "A page of jobs"), ...failures(401, 403, 422) },
});

export const jobs = createRouter().openapi(list, async (c) => {
  const { items, next } = await listJobs(c.var.context, c.req.valid("query"));
  return c.json({ items: items.map((job) => JobAnswer.parse(job)), next }, 200);
});
