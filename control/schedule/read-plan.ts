import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import { planKey, StationPlan } from "../../contracts/plan.ts";
import { withoutSecrets } from "../../contracts/relay.ts";
import { rundownAt } from "../../contracts/rundown/rundown.ts";
import type { RundownItem } from "../../contracts/rundown-item.ts";
import { SAMPLE_RATE } from "../../contracts/timeline.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Context } from "../context.ts";
import { notFound, Refusal } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";
import { SCHEDULE } from "./policy.ts";

export type PlanBucket = Pick<R2Bucket, "get">;

/** The plan that origins go by. Throws a Refusal (404) for a station that has none. */
export async function readPlan(context: Context, bucket: PlanBucket, station: StationSlug): Promise<StationPlan> {
  await readStation(context, station);
  const text = await withTimeout(SCHEDULE.bucketTimeoutMs, "R2 get", async () =>
    (await bucket.get(planKey(station)))?.text(),
  );
  if (text === undefined) throw notFound(`plan of station ${station}`);
  return StationPlan.parse(JSON.parse(text));
}

/** A plan for people: addresses of relays without what may be a credential in them. */
export function withoutCredentials(plan: StationPlan): StationPlan {
  return { ...plan, relays: plan.relays.map((relay) => ({ ...relay, url: withoutSecrets(relay.url) })) };
}

/** Unix ms. */
export const Window = z
  .object({ from: z.coerce.number().int().nonnegative(), until: z.coerce.number().int().nonnegative() })
  .refine(({ from, until }) => from < until, "from is before until");
export type Window = z.infer<typeof Window>;

/** Throws a Refusal (422) for a window that is too long. */
export function requireLength({ from, until }: Window, longestMs: number): void {
  if (until - from > longestMs)
    throw new Refusal(422, "window_too_long", `Ask for ${longestMs / 3_600_000} h at most.`);
}

/** What is heard, or will be, as far as no host or relay is on. */
export async function readRundown(
  context: Context,
  bucket: PlanBucket,
  station: StationSlug,
  window: Window,
): Promise<RundownItem[]> {
  requireLength(window, SCHEDULE.rundownMs);
  const plan = await readPlan(context, bucket, station);
  return rundownAt(plan, sampleAt(window.from), sampleAt(window.until));
}

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;

function sampleAt(unixMs: number): number {
  return unixMs * SAMPLES_PER_MS;
}

/** Unix ms, down to the sample. */
export function timeOf(sample: number): number {
  return sample / SAMPLES_PER_MS;
}
