import { z } from "zod";
import type { Cloudflare } from "./cloudflare.ts";
import type { Outcome } from "./outcome.ts";

const PERMISSION = "Cache Rules: Edit (of the zone)";
const PHASE = "http_request_cache_settings";
const Ruleset = z.object({
  id: z.string(),
  rules: z.array(z.looseObject({ description: z.string().optional(), expression: z.string() })).default([]),
});

/**
 * What Cloudflare's cache is to do with segments and playlists on the bucket's own domain: keep them for as long as they say
 * themselves, tell browsers nothing else, and forget at once that something was not there yet.
 */
export function cacheRule(domain: string) {
  return {
    description: "radio-dream: as the objects say themselves",
    expression: `(http.host eq "${domain}")`,
    action: "set_cache_settings" as const,
    action_parameters: {
      cache: true,
      edge_ttl: { mode: "respect_origin" as const, status_code_ttl: [{ status_code: 404, value: -1 }] },
      browser_ttl: { mode: "respect_origin" as const },
    },
    enabled: true,
  };
}

/** Sees to it that the zone has the rule; those of others stay, and stay before it. */
export async function ensureCacheRule(cloudflare: Cloudflare, zone: string, domain: string): Promise<Outcome> {
  const rule = cacheRule(domain);
  const entry = `/zones/${zone}/rulesets/phases/${PHASE}/entrypoint`;
  const ruleset = await cloudflare.lookUp(entry, Ruleset, { permission: PERMISSION });
  const isThere = ruleset?.rules.some(
    ({ description, expression }) => description === rule.description && expression === rule.expression,
  );
  if (isThere) return { changed: false, said: `The cache in front of ${domain} keeps what it is told to.` };
  const call = { permission: PERMISSION };
  if (ruleset === null) await cloudflare.ask(entry, z.unknown(), { ...call, method: "PUT", body: { rules: [rule] } });
  else {
    const rules = `/zones/${zone}/rulesets/${ruleset.id}/rules`;
    await cloudflare.ask(rules, z.unknown(), { ...call, method: "POST", body: rule });
  }
  return { changed: true, said: `The cache in front of ${domain} now keeps what it is told to.` };
}
