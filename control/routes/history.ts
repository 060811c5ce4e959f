import { createRoute, z } from "@hono/zod-openapi";
import { Source } from "../../contracts/source.ts";
import { exportPlays } from "../history/export.ts";
import { HistoryKeeping, readHistoryKeeping, setHistoryKeeping } from "../history/keep.ts";
import { listPlays, Period, PlayQuery } from "../history/read-plays.ts";
import { body, failures, json, pageSchema, SECURED } from "./answers.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";

const PlayAnswer = z.object({
  startedAt: z.int(),
  /** How long it was heard; null while it is. */
  seconds: z.number().nullable(),
  source: Source,
  title: z.string(),
  artist: z.string(),
  album: z.string(),
  /** ISO 3901; empty where there is none. */
  isrc: z.string(),
  /** Who was live. */
  host: z.string().nullable(),
  /** The file of the library, where it was one. */
  media: z.string().nullable(),
  /** Number of the first frame of the programme in which it was heard. */
  frame: z.int(),
});

const list = createRoute({
  method: "get",
  path: "/stations/{slug}/history",
  operationId: "listHistory",
  tags: ["History"],
  summary: "What the station has played, newest first: all, or what began within a time",
  security: SECURED,
  request: { params: StationPath, query: PlayQuery },
  responses: { 200: json(pageSchema(PlayAnswer), "A page of what was played"), ...failures(401, 403, 404, 422) },
});

const report = createRoute({
  method: "get",
  path: "/stations/{slug}/history.csv",
  operationId: "exportHistory",
  tags: ["History"],
  summary: "What the station has played, oldest first, as CSV: of the last 31 days, or of another time of 400 at most",
  security: SECURED,
  request: { params: StationPath, query: Period },
  responses: {
    200: { content: { "text/csv": { schema: z.string() } }, description: "The report, with a line of headings" },
    ...failures(401, 403, 404, 422),
  },
});

const readKeeping = createRoute({
  method: "get",
  path: "/history-keeping",
  operationId: "readHistoryKeeping",
  tags: ["History"],
  summary: "For how long it is kept what the stations have played",
  security: SECURED,
  responses: { 200: json(HistoryKeeping, "The setting in force"), ...failures(401, 403) },
});

const setKeeping = createRoute({
  method: "put",
  path: "/history-keeping",
  operationId: "setHistoryKeeping",
  tags: ["History"],
  summary: "Say for how long it is kept; what is older is forgotten within minutes",
  security: SECURED,
  request: { body: body(HistoryKeeping) },
  responses: { 200: json(HistoryKeeping, "The setting in force"), ...failures(400, 401, 403, 413, 422) },
});

export const history = createRouter()
  .openapi(list, async (c) =>
    c.json(await listPlays(c.var.context, c.req.valid("param").slug, c.req.valid("query")), 200),
  )
  .openapi(report, async (c) => {
    const { slug } = c.req.valid("param");
    const csv = await exportPlays(c.var.context, slug, c.req.valid("query"));
    return c.body(csv, 200, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${slug}-history.csv"`,
      "cache-control": "private, no-store",
    });
  })
  .openapi(readKeeping, async (c) => c.json(await readHistoryKeeping(c.var.context.db), 200))
  .openapi(setKeeping, async (c) => {
    await setHistoryKeeping(c.var.context, c.req.valid("json"));
    return c.json(await readHistoryKeeping(c.var.context.db), 200);
  });
