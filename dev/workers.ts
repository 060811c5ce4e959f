import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from "wrangler";
import { z } from "zod";
import { createLog } from "../kit/log.ts";
import { startLoop } from "../kit/loop.ts";
import { openBucket } from "./bucket/open-bucket.ts";
import { applyMigrations } from "./migrations.ts";
import { clearOldSegments } from "./retention.ts";
import { ROOT } from "./settings.ts";

/** Both Workers on this machine: one Miniflare, a socket of its own for each, and what Cloudflare would do around them. */

const MINUTE_MS = 60_000;

const Port = z.coerce.number().int();
const settings = z
  .object({
    EDGE_PORT: Port,
    CONTROL_PORT: Port,
    SEGMENTS_PORT: Port,
    HOST: z.string(),
    PUBLIC_HOST: z.string(),
    EDGE_BUNDLE: z.string(),
    CONTROL_BUNDLE: z.string(),
    STATE_DIR: z.string(),
    ADMIN_TOKEN: z.string(),
    ENROL_TOKEN: z.string(),
  })
  .parse(process.env);
const log = createLog({ fields: { part: "workers" } });

/** What an operator sets of control: who measures, where alerts go, how nodes are made anew, which CDN is told, where relays may lead. */
const OPERATORS = /^(?:METRICS_TOKEN$|LOG_LEVEL$|ALERT_|PROVISIONER|CDN_|CLOUDFLARE_(?:ZONE|PURGE)|RELAY_)/;
const OPERATORS_OF_EDGE = /^LOG_LEVEL$/;

function bindingsOf(environment: NodeJS.ProcessEnv, wanted: RegExp): Record<string, string> {
  const names = Object.keys(environment).filter((name) => wanted.test(name));
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? ""]));
}

function worker(name: string, config: string, bundle: string, port: number, bindings: Record<string, string> = {}) {
  const { modulesRules, rootPath, ...options } = unstable_getMiniflareWorkerOptions(join(ROOT, config)).workerOptions;
  return {
    ...options,
    name,
    rootPath: ROOT,
    modules: [{ type: "ESModule" as const, path: bundle }],
    bindings,
    unsafeDirectSockets: [{ host: settings.HOST, port }],
  };
}

const EDGE_URL = `http://${settings.PUBLIC_HOST}:${settings.EDGE_PORT}`;
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    workers: [
      worker("edge", "wrangler.toml", settings.EDGE_BUNDLE, settings.EDGE_PORT, {
        EDGE_URL,
        SEGMENTS_URL: `http://${settings.PUBLIC_HOST}:${settings.SEGMENTS_PORT}`,
        ...bindingsOf(process.env, OPERATORS_OF_EDGE),
      }),
      worker("control", "control/wrangler.toml", settings.CONTROL_BUNDLE, settings.CONTROL_PORT, {
        ADMIN_TOKEN: settings.ADMIN_TOKEN,
        ENROL_TOKEN: settings.ENROL_TOKEN,
        EDGE_URL,
        ...bindingsOf(process.env, OPERATORS),
      }),
    ],
    host: "127.0.0.1",
    port: 0,
    cf: false,
    logRequests: false,
    log: new Log(LogLevel.WARN),
    telemetry: { enabled: false },
    resourcePersistencePath: join(settings.STATE_DIR, "workers"),
  }),
);
await miniflare.ready;
const applied = await applyMigrations(
  await miniflare.getD1Database("DB", "control"),
  join(ROOT, "migrations"),
  unstable_splitSqlQuery,
);
log.info("the Workers are up", { edge: settings.EDGE_PORT, control: settings.CONTROL_PORT, migrations: applied });

const control = await miniflare.getWorker("control");
const segments = await miniflare.getR2Bucket("SEGMENTS", "edge");
const open = await openBucket(segments, { host: settings.HOST, port: settings.SEGMENTS_PORT, log });
const cache = (await miniflare.getCaches()).default;
const hosts = new Set(["localhost", "127.0.0.1", settings.PUBLIC_HOST]);
const sites = [...hosts].map((host) => `http://${host}:${settings.EDGE_PORT}`);

async function forget(paths: readonly string[]): Promise<void> {
  for (const path of paths) await Promise.all(sites.map((site) => cache.delete(site + path)));
}

const chores = [
  startLoop(
    "the minute's cron of control",
    MINUTE_MS,
    async () => void (await control.scheduled({ cron: "* * * * *" })),
    log,
  ),
  startLoop(
    "the clearing of old segments",
    MINUTE_MS,
    async () => void (await clearOldSegments(segments, Date.now(), forget)),
    log,
  ),
];
process.send?.("ready");

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await Promise.all([open.close(), ...chores.map((chore) => chore.stop())]);
  await miniflare.dispose();
  process.exit(0);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
