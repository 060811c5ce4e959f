import { join } from "node:path";
import { experimental_readRawConfig } from "wrangler";
import { z } from "zod";
import { CONTROL_BUNDLE, EDGE_BUNDLE } from "../build.ts";
import { ROOT } from "../settings.ts";

/** The two Workers as they stand in the repository, in the order in which they are replaced: readers before writers. */
export const WORKERS = [
  { part: "edge", config: join(ROOT, "wrangler.toml"), bundle: EDGE_BUNDLE },
  { part: "control", config: join(ROOT, "control/wrangler.toml"), bundle: CONTROL_BUNDLE },
] as const;
export type Part = (typeof WORKERS)[number]["part"];
export type WorkerSource = { part: Part; config: string; bundle: string };

const CheckedIn = z.looseObject({
  name: z.string(),
  build: z.unknown(),
  assets: z.looseObject({ directory: z.string() }),
  r2_buckets: z.array(z.looseObject({ binding: z.string(), bucket_name: z.string() })).default([]),
  d1_databases: z.array(z.looseObject({ binding: z.string(), database_name: z.string() })).default([]),
  triggers: z.object({ crons: z.array(z.string()) }).default({ crons: [] }),
  observability: z.object({ enabled: z.boolean(), head_sampling_rate: z.number() }),
});
export type CheckedIn = z.infer<typeof CheckedIn>;

/** The part of a checked-in configuration that a deployment changes, and all else as it is. */
export function readCheckedIn(config: string): CheckedIn {
  return CheckedIn.parse(experimental_readRawConfig({ config }).rawConfig);
}
