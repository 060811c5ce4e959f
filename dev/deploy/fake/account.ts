import { DatabaseSync } from "node:sqlite";
import type { CacheRule, Cors, Lifecycle, ScriptMetadata } from "./shapes.ts";

/** What an account of the fake holds. */

export type Module = { name: string; type: string; content: string };
export type Version = { id: string; metadata: ScriptMetadata; modules: readonly Module[] };
export type Script = {
  /** Newest first, as deployed; rolling back deploys an old one anew. */
  deployments: Version[];
  versions: Map<string, Version>;
  secrets: Map<string, string>;
  crons: string[];
  isOnWorkersDev: boolean;
  observability: ScriptMetadata["observability"] | null;
  migrationTag: string | null;
};
export type Domain = { id: string; hostname: string; service: string; zone_id: string; zone_name: string };

export type Bucket = {
  location: string | null;
  rules: Lifecycle["rules"];
  domains: { domain: string; zoneId: string; enabled: boolean }[];
  cors: Cors["rules"] | null;
};

export class Account {
  readonly buckets = new Map<string, Bucket>();
  /** By the id of the zone. */
  readonly cacheRules = new Map<string, CacheRule[]>();
  readonly databases = new Map<string, { name: string; location: string | null; sql: DatabaseSync }>();
  readonly scripts = new Map<string, Script>();
  readonly domains = new Map<string, Domain>();
  readonly zones: readonly { id: string; name: string }[];
  /** Assets by their hash, as uploaded. */
  readonly assets = new Map<string, Blob | string>();
  subdomain: string | null = null;

  constructor(zones: readonly { id: string; name: string }[] = []) {
    this.zones = zones;
  }

  makeDatabase(name: string, location: string | null): string {
    const uuid = crypto.randomUUID();
    this.databases.set(uuid, { name, location, sql: new DatabaseSync(":memory:") });
    return uuid;
  }

  /** The Worker that answers under the name, as DNS and routes would have it. */
  workerAt(hostname: string): string | null {
    const domain = this.domains.get(hostname);
    if (domain) return domain.service;
    const below = `.${this.subdomain}.workers.dev`;
    const name = hostname.endsWith(below) ? hostname.slice(0, -below.length) : null;
    return name !== null && this.scripts.get(name)?.isOnWorkersDev ? name : null;
  }

  close(): void {
    for (const { sql } of this.databases.values()) sql.close();
  }
}
