import { createRoute, z } from "@hono/zod-openapi";
import { PageQuery } from "../db/page.ts";
import { changeEntry, createEntry, deleteEntry, listEntries, readEntry } from "../schedule/entries.ts";
import { EntryChange, NewEntry, ScheduleEntry } from "../schedule/entry.ts";
import { listOccurrences } from "../schedule/list-occurrences.ts";
import { Window } from "../schedule/read-plan.ts";
import { WARNINGS } from "../schedule/resolve.ts";
import { body, failures, json, NOTHING, pageSchema, SECURED } from "./answers.ts";
import { publishSoon } from "./publish-soon.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";

const EntryPath = StationPath.extend({ id: z.uuid() });
const EntryAnswer = z.object({ id: z.uuid(), ...ScheduleEntry.shape, createdAt: z.int(), updatedAt: z.int() });
const OccurrenceAnswer = z.object({
  entry: z.uuid(),
  title: z.string(),
  host: z.string(),
  kind: z.enum(["show", "playlist", "relay", "live"]),
  priority: z.int(),
  wall: z.string().openapi({ description: "What the schedule says, in the station's time zone" }),
  from: z.int(),
  until: z.int(),
  pieces: z
    .array(z.object({ from: z.int(), until: z.int(), start: z.enum(["hard", "soft"]) }))
    .openapi({ description: "What is heard of it" }),
  warnings: z.array(
    z.object({
      code: z.enum(WARNINGS),
      message: z.string(),
      by: z.array(z.uuid()).openapi({ description: "The entries that take its time" }),
    }),
  ),
});

const list = createRoute({
  method: "get",
  path: "/stations/{slug}/schedule",
  operationId: "listSchedule",
  tags: ["Schedule"],
  summary: "The entries of a station's schedule, in the order in which they were made",
  security: SECURED,
  request: { params: StationPath, query: PageQuery },
  responses: { 200: json(pageSchema(EntryAnswer), "A page of entries"), ...failures(401, 403, 404, 422) },
});

const occurrences = createRoute({
  method: "get",
  path: "/stations/{slug}/schedule/occurrences",
  operationId: "listOccurrences",
  tags: ["Schedule"],
  summary: "What is due between two times, what is heard of it, and warnings; 62 days at most",
  security: SECURED,
  request: { params: StationPath, query: Window },
  responses: { 200: json(pageSchema(OccurrenceAnswer), "All of them"), ...failures(401, 403, 404, 422) },
});

const create = createRoute({
  method: "post",
  path: "/stations/{slug}/schedule",
  operationId: "createScheduleEntry",
  tags: ["Schedule"],
  summary: "Schedule a show, a playlist, a relay or a host: once, or by a rule",
  security: SECURED,
  request: { params: StationPath, body: body(NewEntry) },
  responses: { 201: json(EntryAnswer, "The entry"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const read = createRoute({
  method: "get",
  path: "/stations/{slug}/schedule/{id}",
  operationId: "readScheduleEntry",
  tags: ["Schedule"],
  summary: "An entry",
  security: SECURED,
  request: { params: EntryPath },
  responses: { 200: json(EntryAnswer, "The entry"), ...failures(401, 403, 404, 422) },
});

const change = createRoute({
  method: "patch",
  path: "/stations/{slug}/schedule/{id}",
  operationId: "changeScheduleEntry",
  tags: ["Schedule"],
  summary: "Change what is given of an entry; what is on air is heard to its end",
  security: SECURED,
  request: { params: EntryPath, body: body(EntryChange) },
  responses: { 200: json(EntryAnswer, "The entry"), ...failures(400, 401, 403, 404, 413, 422) },
});

const remove = createRoute({
  method: "delete",
  path: "/stations/{slug}/schedule/{id}",
  operationId: "deleteScheduleEntry",
  tags: ["Schedule"],
  summary: "Take an entry out of the schedule; what is on air is heard to its end",
  security: SECURED,
  request: { params: EntryPath },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 422) },
});

export const schedule = createRouter()
  .openapi(list, async (c) =>
    c.json(await listEntries(c.var.context, c.req.valid("param").slug, c.req.valid("query")), 200),
  )
  .openapi(occurrences, async (c) => {
    const found = await listOccurrences(c.var.context, c.req.valid("param").slug, c.req.valid("query"));
    const items = found.map(({ entry, wall, from, until, pieces, warnings }) => {
      const { id, title, host, content, priority } = entry;
      return { entry: id, title, host, kind: content.kind, priority, wall, from, until, pieces, warnings };
    });
    return c.json({ items, next: null }, 200);
  })
  .openapi(create, async (c) => {
    const { slug } = c.req.valid("param");
    const created = await createEntry(c.var.context, slug, c.req.valid("json"));
    publishSoon(c, slug);
    return c.json(created, 201);
  })
  .openapi(read, async (c) => {
    const { slug, id } = c.req.valid("param");
    return c.json(await readEntry(c.var.context, slug, id), 200);
  })
  .openapi(change, async (c) => {
    const { slug, id } = c.req.valid("param");
    const changed = await changeEntry(c.var.context, slug, id, c.req.valid("json"));
    publishSoon(c, slug);
    return c.json(changed, 200);
  })
  .openapi(remove, async (c) => {
    const { slug, id } = c.req.valid("param");
    await deleteEntry(c.var.context, slug, id);
    publishSoon(c, slug);
    return c.body(null, 204);
  });
