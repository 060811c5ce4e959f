import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../settings.ts";
import { zoneOf } from "./addresses.ts";
import { ensureCacheRule } from "./cache-rule.ts";
import type { Cloudflare } from "./cloudflare.ts";
import { contains } from "./contains.ts";
import type { Outcome } from "./outcome.ts";

const PERMISSION = "Workers R2 Storage: Edit";
const Domains = z.object({ domains: z.array(z.object({ domain: z.string(), enabled: z.boolean() })) });
const Cors = z.object({ rules: z.array(z.looseObject({ allowed: z.looseObject({}) })) });

/** Players on all pages may read: what `npm start` has in front of its bucket too. */
const CORS_RULES = Cors.parse(JSON.parse(readFileSync(join(ROOT, "dev/bucket/cors.json"), "utf8"))).rules;

/** The domain by which the bucket is open to everyone; null when it is not. */
export async function openDomainOf(cloudflare: Cloudflare, bucket: string): Promise<string | null> {
  const path = `/r2/buckets/${bucket}/domains/custom`;
  const { domains } = await cloudflare.ofAccount(path, Domains, { permission: PERMISSION });
  return domains.find(({ enabled }) => enabled)?.domain ?? null;
}

/** Opens the bucket to everyone under the name, and sets what Cloudflare's cache needs in front of it. */
export async function ensureOpenBucket(cloudflare: Cloudflare, bucket: string, domain: string): Promise<Outcome[]> {
  const zone = await zoneOf(cloudflare, domain);
  return [
    await ensureDomain(cloudflare, bucket, domain, zone),
    await ensureCors(cloudflare, bucket),
    await ensureCacheRule(cloudflare, zone, domain),
  ];
}

async function ensureDomain(cloudflare: Cloudflare, bucket: string, domain: string, zone: string): Promise<Outcome> {
  const path = `/r2/buckets/${bucket}/domains/custom`;
  const { domains } = await cloudflare.ofAccount(path, Domains, { permission: PERMISSION });
  const found = domains.find((one) => one.domain === domain);
  if (found?.enabled) return { changed: false, said: `Bucket ${bucket} is open as ${domain}.` };
  if (found)
    throw new Error(`${domain} leads to bucket ${bucket}, but somebody has closed it: open it, or leave it out.`);
  const body = { domain, zoneId: zone, enabled: true, minTLS: "1.2" };
  await cloudflare.ofAccount(path, z.unknown(), { method: "POST", body, permission: PERMISSION });
  return { changed: true, said: `Bucket ${bucket} is now open to everyone as ${domain}.` };
}

async function ensureCors(cloudflare: Cloudflare, bucket: string): Promise<Outcome> {
  const path = `/r2/buckets/${bucket}/cors`;
  // A bucket that never had any is answered 404.
  const present = (await cloudflare.find(path, Cors, { permission: PERMISSION }))?.rules ?? [];
  if (CORS_RULES.every((rule) => present.some((one) => contains(one, rule)))) {
    return { changed: false, said: `Pages of all sites may read from ${bucket}.` };
  }
  const body = { rules: [...present, ...CORS_RULES] };
  await cloudflare.ofAccount(path, z.unknown(), { method: "PUT", body, permission: PERMISSION });
  return { changed: true, said: `Pages of all sites may now read from ${bucket}.` };
}
