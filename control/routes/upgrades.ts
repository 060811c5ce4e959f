import { createRoute, z } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import { OriginId } from "../../contracts/names.ts";
import { PageQuery } from "../db/page.ts";
import { UPGRADE_PHASES, UPGRADE_STATES } from "../db/upgrades.ts";
import { cancelUpgrade, pauseUpgrade, resumeUpgrade, rollBackUpgrade } from "../upgrades/change.ts";
import { listUpgrades, readStory, readUpgrade } from "../upgrades/read.ts";
import { NewUpgrade, startUpgrade } from "../upgrades/start.ts";
import { body, failures, json, pageSchema, SECURED } from "./answers.ts";
import { tellMonitor } from "./ask-monitor.ts";
import { type ControlEnv, createRouter } from "./router.ts";

const UpgradePath = z.object({ id: z.uuid() });

const UpgradeSummary = z.object({
  id: z.string(),
  state: z.enum(UPGRADE_STATES),
  stateSince: z.int(),
  /** Why it is in this state, in words. */
  reason: z.string().nullable(),
  settleMs: z.int(),
  /** The upgrade that this one takes back. */
  rollbackOf: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.int(),
  endedAt: z.int().nullable(),
});

const UpgradeAnswer = UpgradeSummary.extend({
  /** Each origin's way, in the order in which they were named. */
  steps: z.array(
    z.object({
      origin: OriginId,
      position: z.int(),
      phase: z.enum(UPGRADE_PHASES),
      phaseSince: z.int(),
      fromVersion: z.string(),
      fromImage: z.string().nullable(),
      toVersion: z.string().nullable(),
      toImage: z.string().nullable(),
      replacedAt: z.int().nullable(),
      dueAt: z.int(),
      reason: z.string().nullable(),
    }),
  ),
  /** What has happened, oldest first. */
  story: z.array(z.object({ at: z.int(), kind: z.string(), origin: OriginId.nullable(), message: z.string() })),
});

const start = createRoute({
  method: "post",
  path: "/upgrades",
  operationId: "startUpgrade",
  tags: ["Upgrades"],
  summary:
    "Replace the fleet's nodes one after the other: drained, made anew, proven, watched; halts at the first failure",
  security: SECURED,
  request: { body: body(NewUpgrade) },
  responses: { 201: json(UpgradeAnswer, "It has begun"), ...failures(400, 401, 403, 409, 413, 422) },
});

const list = createRoute({
  method: "get",
  path: "/upgrades",
  operationId: "listUpgrades",
  tags: ["Upgrades"],
  summary: "Upgrades, newest first",
  security: SECURED,
  request: { query: PageQuery },
  responses: { 200: json(pageSchema(UpgradeSummary), "A page of upgrades"), ...failures(401, 403, 422) },
});

const read = createRoute({
  method: "get",
  path: "/upgrades/{id}",
  operationId: "readUpgrade",
  tags: ["Upgrades"],
  summary: "An upgrade, how far each node is, and its story",
  security: SECURED,
  request: { params: UpgradePath },
  responses: { 200: json(UpgradeAnswer, "The upgrade"), ...failures(401, 403, 404, 422) },
});

const CHANGES = {
  pause: { act: pauseUpgrade, summary: "Begin with no further node; the one in hand goes on to its end" },
  resume: { act: resumeUpgrade, summary: "Go on after a pause or a halt; what failed is tried again" },
  cancel: { act: cancelUpgrade, summary: "End it as it stands; who is out by it is called back" },
} as const;
type Change = keyof typeof CHANGES;

const changeRoute = (path: Change | "rollback", summary: string) =>
  createRoute({
    method: "post",
    path: `/upgrades/{id}/${path}`,
    operationId: `${path}Upgrade`,
    tags: ["Upgrades"],
    summary,
    security: SECURED,
    request: { params: UpgradePath },
    responses: { 200: json(UpgradeAnswer, "The upgrade"), ...failures(401, 403, 404, 409, 422) },
  });

export const upgrades = createRouter()
  .openapi(start, async (c) => {
    const id = await startUpgrade(c.var.context, c.req.valid("json"));
    await tellMonitor(c);
    return c.json(await answerOf(c, id), 201);
  })
  .openapi(list, async (c) => c.json(await listUpgrades(c.var.context, c.req.valid("query")), 200))
  .openapi(read, async (c) => c.json(await answerOf(c, c.req.valid("param").id), 200));

for (const [change, { act, summary }] of Object.entries(CHANGES)) {
  upgrades.openapi(changeRoute(change as Change, summary), async (c) => {
    const { id } = c.req.valid("param");
    await act(c.var.context, id);
    await tellMonitor(c);
    return c.json(await answerOf(c, id), 200);
  });
}

upgrades.openapi(
  changeRoute("rollback", "Bring what it replaced back to what it was, last first; answers the upgrade that does so"),
  async (c) => {
    const successor = await rollBackUpgrade(c.var.context, c.req.valid("param").id);
    await tellMonitor(c);
    return c.json(await answerOf(c, successor), 200);
  },
);

async function answerOf(c: HonoContext<ControlEnv>, id: string): Promise<z.infer<typeof UpgradeAnswer>> {
  const upgrade = await readUpgrade(c.var.context, id);
  return { ...upgrade, story: await readStory(c.var.context, upgrade) };
}
