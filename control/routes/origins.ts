import { createRoute, z } from "@hono/zod-openapi";
import { OriginState, Role, StationReport } from "../../contracts/fleet.ts";
import { OriginId } from "../../contracts/names.ts";
import type { Heard } from "../health/hearing.ts";
import { MOVES, type Move, moveOrigin } from "../registry/move-origin.ts";
import { listOrigins, readOrigin, type StoredOrigin } from "../registry/read-origins.ts";
import { OriginChange, setWeight } from "../registry/set-weight.ts";
import { body, failures, json, pageSchema, SECURED } from "./answers.ts";
import { askMonitor, heardOf, tellMonitor } from "./ask-monitor.ts";
import { createRouter } from "./router.ts";

export const OriginPath = z.object({ id: OriginId });

const OriginAnswer = z.object({
  id: OriginId,
  state: OriginState,
  stateSince: z.int(),
  /** Taken out by hand: it stays out until it is readmitted by hand. */
  held: z.boolean(),
  /** Tries in a row at bringing it back that failed. */
  tries: z.int(),
  /** How often it was evicted of late, and when last. */
  evictions: z.int(),
  evictedAt: z.int().nullable(),
  /** Since when it has been admitted without a break; its weight rises from then on. */
  activeSince: z.int().nullable(),
  weight: z.number(),
  roles: z.array(Role),
  url: z.string(),
  rtmpUrl: z.string(),
  /** Its release, the wire that it speaks, and of what an upgrade made it; null: of what nodes are made of otherwise. */
  version: z.string(),
  wire: z.int(),
  image: z.string().nullable(),
  instance: z.string(),
  createdAt: z.int(),
  registeredAt: z.int(),
  /** What its last heartbeat said; null when none was heard since control started. */
  heard: z
    .object({
      at: z.int(),
      silentMs: z.number(),
      rung: z.string().nullable(),
      rungDetail: z.string().nullable(),
      leaving: z.boolean(),
      clockOffMs: z.number().nullable(),
      stations: z.array(StationReport),
    })
    .nullable(),
});

const list = createRoute({
  method: "get",
  path: "/origins",
  operationId: "listOrigins",
  tags: ["Origins"],
  summary: "All origins by id, and what was last heard of them",
  security: SECURED,
  responses: { 200: json(pageSchema(OriginAnswer), "All origins: there are 64 at most"), ...failures(401, 403) },
});

const read = createRoute({
  method: "get",
  path: "/origins/{id}",
  operationId: "readOrigin",
  tags: ["Origins"],
  summary: "An origin, and what was last heard of it",
  security: SECURED,
  request: { params: OriginPath },
  responses: { 200: json(OriginAnswer, "The origin"), ...failures(401, 403, 404, 422) },
});

const change = createRoute({
  method: "patch",
  path: "/origins/{id}",
  operationId: "changeOrigin",
  tags: ["Origins"],
  summary: "Set an origin's weight: its share of the traffic relative to the others'",
  security: SECURED,
  request: { params: OriginPath, body: body(OriginChange) },
  responses: { 200: json(OriginAnswer, "The origin"), ...failures(400, 401, 403, 404, 413, 422) },
});

const MOVE_SUMMARIES: Record<Move, string> = {
  evict:
    "Take an origin out at once, until it is readmitted; refused for the last one that can do its work or has audio",
  drain:
    "Take an origin out gently: it serves only what nobody else has, and is out once no playlist names its segments",
  readmit: "Call an origin back: at once while it drains, else on trial, where it must prove itself",
};

const NO_QUERY = z.object({});
const MOVE_QUERIES = {
  evict: z.object({
    force: z.stringbool().default(false).describe("Even if listeners lose the station by it; an incident says so"),
  }),
  drain: NO_QUERY,
  readmit: NO_QUERY,
};

const moveRoute = <M extends Move>(move: M) =>
  createRoute({
    method: "post",
    path: `/origins/{id}/${move}`,
    operationId: `${move}Origin`,
    tags: ["Origins"],
    summary: MOVE_SUMMARIES[move],
    security: SECURED,
    request: { params: OriginPath, query: MOVE_QUERIES[move] },
    responses: { 200: json(OriginAnswer, "The origin"), ...failures(401, 403, 404, 409, 422, 503) },
  });

export const origins = createRouter()
  .openapi(list, async (c) => {
    const [stored, heard] = await Promise.all([listOrigins(c.var.context), heardOf(c)]);
    return c.json({ items: stored.map((origin) => originAnswer(origin, heard)), next: null }, 200);
  })
  .openapi(read, async (c) => {
    const [stored, heard] = await Promise.all([readOrigin(c.var.context, c.req.valid("param").id), heardOf(c)]);
    return c.json(originAnswer(stored, heard), 200);
  })
  .openapi(change, async (c) => {
    const { id } = c.req.valid("param");
    await setWeight(c.var.context, id, c.req.valid("json"));
    await tellMonitor(c);
    return c.json(originAnswer(await readOrigin(c.var.context, id), await heardOf(c)), 200);
  });

for (const move of Object.keys(MOVES) as Move[]) {
  origins.openapi(moveRoute(move), async (c) => {
    const { id } = c.req.valid("param");
    const standIns = await askMonitor(c, (monitor) => monitor.standIns(id));
    const query = c.req.valid("query");
    await moveOrigin(c.var.context, id, move, standIns, "force" in query && query.force);
    await tellMonitor(c);
    return c.json(originAnswer(await readOrigin(c.var.context, id), await heardOf(c)), 200);
  });
}

function originAnswer(origin: StoredOrigin, heard: Heard[]): z.infer<typeof OriginAnswer> {
  const last = heard.find((entry) => entry.origin === origin.id);
  if (!last) return { ...origin, heard: null };
  const { origin: _, ...said } = last;
  return { ...origin, heard: said };
}
