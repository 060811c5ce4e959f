import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import { attempt, type Fetch, type Outcome } from "../outbound/call.ts";
import { webhookCall } from "../outbound/webhook.ts";
import type { CdnSettings } from "./cdn-settings.ts";

/** What others are told of an eviction. */
export type EvictionNews = { origin: OriginId; evictedAt: number; stations: StationSlug[] };

/** Those outside who keep copies of what an origin made. */
export type Cdn = {
  /** Null: nobody is to be told. */
  tell: ((news: EvictionNews) => Promise<Outcome>) | null;
  /** Forgets what the cache holds of these stations; null: there is no cache to be asked. */
  purge: ((stations: readonly StationSlug[]) => Promise<Outcome>) | null;
};

const TIMEOUT_MS = 5000;
/** Prefixes in one request, by the limits of Cloudflare's API. */
const PREFIXES = 30;

export function createCdn({ webhook, purge }: CdnSettings, fetch: Fetch, clock: Pick<Clock, "now">): Cdn {
  return {
    tell:
      webhook &&
      (async ({ origin, evictedAt, stations }) => {
        const told = { event: "origin-evicted", origin, at: new Date(evictedAt).toISOString(), stations };
        const call = await webhookCall(webhook, `${origin}-${evictedAt}`, told, clock);
        return attempt(fetch, call, TIMEOUT_MS);
      }),
    purge:
      purge &&
      (async (stations) => {
        for (let from = 0; from < stations.length; from += PREFIXES) {
          const prefixes = stations.slice(from, from + PREFIXES).map((station) => `${purge.host}/${station}/`);
          const outcome = await attempt(fetch, purgeCall(purge, prefixes), TIMEOUT_MS);
          if (!outcome.ok) return outcome;
        }
        return { ok: true };
      }),
  };
}

/** Cloudflare API: purge cached content by prefix, which is host and path without a scheme. */
function purgeCall({ api, zone, token }: NonNullable<CdnSettings["purge"]>, prefixes: string[]) {
  return {
    method: "POST" as const,
    url: `${api}/zones/${zone}/purge_cache`,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ prefixes }),
  };
}
