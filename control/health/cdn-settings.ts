import { z } from "zod";

/** What telling the CDN needs among the Worker's bindings. The secret and the token are Worker secrets. */
export type CdnBindings = {
  CDN_WEBHOOK_URL?: string;
  CDN_WEBHOOK_SECRET?: string;
  CLOUDFLARE_ZONE_ID?: string;
  CLOUDFLARE_PURGE_TOKEN?: string;
  CLOUDFLARE_API_URL?: string;
  EDGE_URL?: string;
};

const unsetWhenEmpty = (value: unknown) => (value === "" ? undefined : value);
const url = z.preprocess(unsetWhenEmpty, z.url({ protocol: /^https?$/ }).optional());

const Environment = z.object({
  CDN_WEBHOOK_URL: url,
  CDN_WEBHOOK_SECRET: z.preprocess(unsetWhenEmpty, z.string().min(16).max(500).optional()),
  CLOUDFLARE_ZONE_ID: z.preprocess(
    unsetWhenEmpty,
    z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional(),
  ),
  CLOUDFLARE_PURGE_TOKEN: z.preprocess(unsetWhenEmpty, z.string().max(500).optional()),
  CLOUDFLARE_API_URL: url,
  EDGE_URL: url,
});

export type CdnSettings = {
  webhook: { url: string; secret: string } | null;
  /** `host`: where listeners get what is to be purged. */
  purge: { api: string; zone: string; token: string; host: string } | null;
};

/** Each of the two is null unless it is wholly set up. Throws a ZodError that names a bad setting. */
export function readCdnSettings(bindings: CdnBindings): CdnSettings {
  const set = Environment.parse(bindings);
  const { CDN_WEBHOOK_URL: webhook, CDN_WEBHOOK_SECRET: secret } = set;
  const { CLOUDFLARE_ZONE_ID: zone, CLOUDFLARE_PURGE_TOKEN: token, EDGE_URL: edge } = set;
  const api = (set.CLOUDFLARE_API_URL ?? "https://api.cloudflare.com/client/v4").replace(/\/+$/, "");
  return {
    webhook: webhook && secret ? { url: webhook, secret } : null,
    purge: zone && token && edge ? { api, zone, token, host: new URL(edge).host } : null,
  };
}
