import { z } from "zod";
import type { AlertBindings } from "./alerting/settings.ts";
import type { AccessSettings } from "./auth/access.ts";
import type { CdnBindings } from "./health/cdn-settings.ts";
import type { Monitor } from "./health/monitor.ts";
import type { ProvisionerBindings } from "./provisioner/settings.ts";

export type Bindings = {
  DB: D1Database;
  MEDIA: R2Bucket;
  /** Where the edge keeps segments; in MEDIA where there is none. */
  SEGMENTS?: R2Bucket;
  MONITOR: DurableObjectNamespace<Monitor>;
  ASSETS: Fetcher;
  ADMIN_TOKEN?: string;
  ENROL_TOKEN?: string;
  METRICS_TOKEN?: string;
  EDGE_URL?: string;
  RELAY_PRIVATE_ADDRESSES?: string;
  LOG_LEVEL?: string;
  ACCESS_TEAM?: string;
  ACCESS_AUDIENCE?: string;
} & AlertBindings &
  ProvisionerBindings &
  CdnBindings;

declare global {
  namespace Cloudflare {
    interface Env extends Bindings {}
    interface GlobalProps {
      mainModule: typeof import("./main.ts");
    }
  }
}

const unsetWhenEmpty = (value: unknown) => (value === "" ? undefined : value);

/** What may be set from outside. The two tokens are there for the first hour, before any stands in the table. */
const Settings = z.object({
  ADMIN_TOKEN: z.preprocess(unsetWhenEmpty, z.string().max(256).optional()),
  ENROL_TOKEN: z.preprocess(unsetWhenEmpty, z.string().max(256).optional()),
  /** With it Prometheus reads `/metrics`, also while D1 is away. */
  METRICS_TOKEN: z.preprocess(unsetWhenEmpty, z.string().max(256).optional()),
  EDGE_URL: z.preprocess(unsetWhenEmpty, z.url({ protocol: /^https?$/ }).optional()),
  /** Whether relays may lead to private and loopback addresses; the origins have a setting of the same name. */
  RELAY_PRIVATE_ADDRESSES: z.preprocess(unsetWhenEmpty, z.enum(["allow", "refuse"]).default("refuse")),
  /** `https://{team}.cloudflareaccess.com`, and the AUD tags of the applications, with commas between them. */
  ACCESS_TEAM: z.preprocess(unsetWhenEmpty, z.url({ protocol: /^https$/ }).optional()),
  ACCESS_AUDIENCE: z.preprocess(unsetWhenEmpty, z.string().max(1_000).optional()),
});
export type Settings = z.infer<typeof Settings>;

/** Null when Cloudflare Access is not asked for. Throws when only half of it is set, so that nothing stands open. */
export function accessSettings({ ACCESS_TEAM: team, ACCESS_AUDIENCE: audience }: Settings): AccessSettings | null {
  if (team === undefined && audience === undefined) return null;
  if (team === undefined || audience === undefined) throw new Error("ACCESS_TEAM and ACCESS_AUDIENCE go together.");
  return { team: new URL(team).origin, audiences: audience.split(",").map((tag) => tag.trim()) };
}

/** The settings among the bindings. Throws a ZodError that names a bad one. */
export function readSettings(bindings: Bindings): Settings {
  return Settings.parse(bindings);
}
