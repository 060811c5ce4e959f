import { createRoute, z } from "@hono/zod-openapi";
import { StationPlan } from "../../contracts/plan.ts";
import { readPlan, readRundown, timeOf, Window, withoutCredentials } from "../schedule/read-plan.ts";
import { failures, json, pageSchema, SECURED } from "./answers.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";

const RundownAnswer = z.object({
  from: z.number(),
  until: z.number(),
  source: z.enum(["show", "autopilot"]),
  media: z.uuid(),
  kind: z.enum(["music", "jingle", "speech"]),
  title: z.string(),
  artist: z.string(),
  cover: z.string().nullable(),
  /** What it is part of; null between the entries of the schedule. */
  slot: z.object({ entry: z.uuid(), title: z.string(), host: z.string() }).nullable(),
});

const read = createRoute({
  method: "get",
  path: "/stations/{slug}/plan",
  operationId: "readPlan",
  tags: ["Schedule"],
  summary: "The plan that origins go by, without what gives access to relays",
  security: SECURED,
  request: { params: StationPath },
  responses: { 200: json(StationPlan, "The plan"), ...failures(401, 403, 404, 422) },
});

const rundown = createRoute({
  method: "get",
  path: "/stations/{slug}/rundown",
  operationId: "readRundown",
  tags: ["Schedule"],
  summary: "What is played between two times while no host and no relay is on; 24 hours at most",
  security: SECURED,
  request: { params: StationPath, query: Window },
  responses: { 200: json(pageSchema(RundownAnswer), "All of it"), ...failures(401, 403, 404, 422) },
});

export const plan = createRouter()
  .openapi(read, async (c) => {
    const found = await readPlan(c.var.context, c.env.MEDIA, c.req.valid("param").slug);
    return c.json(withoutCredentials(found), 200);
  })
  .openapi(rundown, async (c) => {
    const { slug } = c.req.valid("param");
    const found = await readRundown(c.var.context, c.env.MEDIA, slug, c.req.valid("query"));
    const items = found.map(({ from, until, source, track, slot }) => {
      const { media, kind, title, artist, cover } = track;
      const part = slot && { entry: slot.entry, title: slot.title, host: slot.host };
      return { from: timeOf(from), until: timeOf(until), source, media, kind, title, artist, cover, slot: part };
    });
    return c.json({ items, next: null }, 200);
  });
