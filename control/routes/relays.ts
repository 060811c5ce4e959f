import { createRoute, z } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import type { StationSlug } from "../../contracts/names.ts";
import { RelayReport } from "../../contracts/relay.ts";
import { PageQuery } from "../db/page.ts";
import {
  changeRelay,
  createRelay,
  deleteRelay,
  listRelays,
  NewRelay,
  RelayChange,
  type RelayContext,
  readRelay,
  type StoredRelay,
  startRelay,
  stopRelay,
} from "../relays/relays.ts";
import { body, failures, json, NOTHING, pageSchema, SECURED } from "./answers.ts";
import { heardOf } from "./ask-monitor.ts";
import { publishSoon } from "./publish-soon.ts";
import { type ControlEnv, createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";

const RelayPath = StationPath.extend({ id: z.uuid() });

const RelayAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  address: z.string().openapi({ description: "Without user and password, and without what its query says" }),
  isOnAir: z.boolean().openapi({ description: "Put on air by hand" }),
  isTrial: z.boolean().openapi({ description: "Measured, and never put on air" }),
  createdAt: z.int(),
  report: RelayReport.omit({ id: true })
    .nullable()
    .openapi({ description: "How it does, by the studio; null while nobody is connected to it" }),
});

const list = createRoute({
  method: "get",
  path: "/stations/{slug}/relays",
  operationId: "listRelays",
  tags: ["Relays"],
  summary: "A station's relays by name",
  security: SECURED,
  request: { params: StationPath, query: PageQuery },
  responses: { 200: json(pageSchema(RelayAnswer), "A page of relays"), ...failures(401, 403, 404, 422) },
});

const create = createRoute({
  method: "post",
  path: "/stations/{slug}/relays",
  operationId: "createRelay",
  tags: ["Relays"],
  summary: "Name a stream that the station may relay; credentials in its address are never shown again",
  security: SECURED,
  request: { params: StationPath, body: body(NewRelay) },
  responses: { 201: json(RelayAnswer, "The relay"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const read = createRoute({
  method: "get",
  path: "/stations/{slug}/relays/{id}",
  operationId: "readRelay",
  tags: ["Relays"],
  summary: "A relay, and how it does",
  security: SECURED,
  request: { params: RelayPath },
  responses: { 200: json(RelayAnswer, "The relay"), ...failures(401, 403, 404, 422) },
});

const change = createRoute({
  method: "patch",
  path: "/stations/{slug}/relays/{id}",
  operationId: "changeRelay",
  tags: ["Relays"],
  summary: "Change a relay's name or address, or put it on trial",
  security: SECURED,
  request: { params: RelayPath, body: body(RelayChange) },
  responses: { 200: json(RelayAnswer, "The relay"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const remove = createRoute({
  method: "delete",
  path: "/stations/{slug}/relays/{id}",
  operationId: "deleteRelay",
  tags: ["Relays"],
  summary: "Delete a relay that the schedule does not play",
  security: SECURED,
  request: { params: RelayPath },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 409, 422) },
});

const start = createRoute({
  method: "post",
  path: "/stations/{slug}/relays/{id}/start",
  operationId: "startRelay",
  tags: ["Relays"],
  summary: "Put a relay on air by hand, before whatever is scheduled; only a live host goes before it",
  security: SECURED,
  request: { params: RelayPath },
  responses: { 200: json(RelayAnswer, "The relay"), ...failures(401, 403, 404, 409, 422) },
});

const stop = createRoute({
  method: "post",
  path: "/stations/{slug}/relays/{id}/stop",
  operationId: "stopRelay",
  tags: ["Relays"],
  summary: "Take a relay off the air that was put there by hand",
  security: SECURED,
  request: { params: RelayPath },
  responses: { 200: json(RelayAnswer, "The relay"), ...failures(401, 403, 404, 422) },
});

/** With what is heard of them. */
async function describeRelays(c: HonoContext<ControlEnv>, station: StationSlug, stored: readonly StoredRelay[]) {
  const heard = (await heardOf(c)).toSorted((one, other) => one.silentMs - other.silentMs);
  const reports = heard.flatMap(({ stations }) =>
    stations.filter(({ slug }) => slug === station).flatMap((said) => said.relays ?? []),
  );
  return stored.map((relay) => ({ ...relay, report: reports.find(({ id }) => id === relay.id) ?? null }));
}

async function describeRelay(c: HonoContext<ControlEnv>, station: StationSlug, stored: StoredRelay) {
  const [relay] = await describeRelays(c, station, [stored]);
  if (!relay) throw new Error("one relay in, one answer out");
  return relay;
}

const contextOf = (c: HonoContext<ControlEnv>): RelayContext => ({
  ...c.var.context,
  isPrivateAllowed: c.var.settings.RELAY_PRIVATE_ADDRESSES === "allow",
});

export const relays = createRouter()
  .openapi(list, async (c) => {
    const { slug } = c.req.valid("param");
    const { items, next } = await listRelays(c.var.context, slug, c.req.valid("query"));
    return c.json({ items: await describeRelays(c, slug, items), next }, 200);
  })
  .openapi(create, async (c) => {
    const { slug } = c.req.valid("param");
    const created = await createRelay(contextOf(c), slug, c.req.valid("json"));
    publishSoon(c, slug);
    return c.json(await describeRelay(c, slug, created), 201);
  })
  .openapi(read, async (c) => {
    const { slug, id } = c.req.valid("param");
    return c.json(await describeRelay(c, slug, await readRelay(c.var.context, slug, id)), 200);
  })
  .openapi(change, async (c) => {
    const { slug, id } = c.req.valid("param");
    const changed = await changeRelay(contextOf(c), slug, id, c.req.valid("json"));
    publishSoon(c, slug);
    return c.json(await describeRelay(c, slug, changed), 200);
  })
  .openapi(remove, async (c) => {
    const { slug, id } = c.req.valid("param");
    await deleteRelay(c.var.context, slug, id);
    publishSoon(c, slug);
    return c.body(null, 204);
  })
  .openapi(start, async (c) => {
    const { slug, id } = c.req.valid("param");
    const started = await startRelay(c.var.context, slug, id);
    publishSoon(c, slug);
    return c.json(await describeRelay(c, slug, started), 200);
  })
  .openapi(stop, async (c) => {
    const { slug, id } = c.req.valid("param");
    const stopped = await stopRelay(c.var.context, slug, id);
    publishSoon(c, slug);
    return c.json(await describeRelay(c, slug, stopped), 200);
  });
