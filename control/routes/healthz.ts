import { createRoute, z } from "@hono/zod-openapi";
import { RELEASE, WIRE } from "../../contracts/version.ts";
import { json } from "./answers.ts";
import { askMonitor } from "./ask-monitor.ts";
import { createRouter } from "./router.ts";

/** Control is unwell when no sweep was sound for this long. */
const SOUND_WITHIN_MS = 30_000;

const Health = z.object({
  status: z.enum(["ok", "unwell"]),
  release: z.string(),
  wire: z.int(),
  /** Ms since the last sweep of the fleet in which nothing failed; null before the first. */
  soundSweepAgoMs: z.number().nullable(),
});

const read = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "readHealth",
  tags: ["Health"],
  summary: "Whether control itself is well: its monitor answers and its sweeps succeed",
  security: [],
  responses: { 200: json(Health, "Well"), 503: json(Health, "Unwell") },
});

export const healthz = createRouter().openapi(read, async (c) => {
  const { soundSweepAgoMs, upMs } = await askMonitor(c, (monitor) => monitor.status());
  const said = { release: RELEASE, wire: WIRE, soundSweepAgoMs };
  if ((soundSweepAgoMs ?? upMs) > SOUND_WITHIN_MS) return c.json({ status: "unwell" as const, ...said }, 503);
  return c.json({ status: "ok" as const, ...said }, 200);
});
