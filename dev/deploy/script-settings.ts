import { z } from "zod";
import type { Cloudflare } from "./cloudflare.ts";
import type { Outcome } from "./outcome.ts";

const PERMISSION = "Workers Scripts: Edit";
const Schedules = z.object({ schedules: z.array(z.object({ cron: z.string() })) });
const Subdomain = z.object({ enabled: z.boolean(), previews_enabled: z.boolean() });
const Logs = z.object({ enabled: z.boolean(), head_sampling_rate: z.number().nullish() });
const Settings = z.object({ observability: Logs.nullish() });

/** What belongs to a Worker and to none of its versions. */
export type ScriptSettings = {
  crons: readonly string[];
  /** Whether it answers below workers.dev; its previews never do. */
  workersDev: boolean;
  observability: { enabled: boolean; head_sampling_rate: number };
};

/**
 * Sees to it that crons, workers.dev and logs are as they should be. wrangler sets them after it has uploaded, and an upload
 * that failed in between looks like a whole one.
 */
export async function ensureScriptSettings(
  cloudflare: Cloudflare,
  worker: string,
  wanted: ScriptSettings,
): Promise<Outcome> {
  const path = `/workers/scripts/${worker}`;
  const ask = <T>(part: string, schema: z.ZodType<T>) =>
    cloudflare.ofAccount(`${path}/${part}`, schema, { permission: PERMISSION });
  const change = (method: "PUT" | "POST" | "PATCH", part: string, body: unknown) =>
    cloudflare.ofAccount(`${path}/${part}`, z.unknown(), { method, body, permission: PERMISSION });
  const changed: string[] = [];

  const { schedules } = await ask("schedules", Schedules);
  if (!isSame(schedules.map(({ cron }) => cron).sort(), [...wanted.crons].sort())) {
    await change(
      "PUT",
      "schedules",
      wanted.crons.map((cron) => ({ cron })),
    );
    changed.push("crons");
  }
  const subdomain = await ask("subdomain", Subdomain);
  if (subdomain.enabled !== wanted.workersDev || subdomain.previews_enabled) {
    await change("POST", "subdomain", { enabled: wanted.workersDev, previews_enabled: false });
    changed.push("workers.dev");
  }
  const { observability } = await ask("script-settings", Settings);
  const { enabled, head_sampling_rate: rate } = wanted.observability;
  if (observability?.enabled !== enabled || observability.head_sampling_rate !== rate) {
    await change("PATCH", "script-settings", { observability: wanted.observability });
    changed.push("logs");
  }
  if (changed.length === 0)
    return { changed: false, said: `Crons, workers.dev and logs of ${worker} are as they should be.` };
  return { changed: true, said: `Of ${worker} set: ${changed.join(", ")}.` };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
