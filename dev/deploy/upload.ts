import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe } from "../../kit/log.ts";
import { ROOT } from "../settings.ts";
import { readCheckedIn, type WorkerSource } from "./checked-in.ts";
import type { CloudflareSettings } from "./cloudflare.ts";
import type { Outcome } from "./outcome.ts";
import { RELEASE, releaseOf, type Variables } from "./release.ts";
import type { ScriptSettings } from "./script-settings.ts";
import { type Placing, workerConfig } from "./worker-config.ts";

const UPLOAD_LIMIT_MS = 600_000;
const OUTPUT_LINES = 15;

/** Uploads what a generated configuration names. */
export type Upload = (config: string) => Promise<void>;

/** A Worker as an environment is to have it. */
export type PreparedWorker = {
  name: string;
  release: string;
  settings: ScriptSettings;
  /** Writes the configuration, and answers its path. */
  write(): string;
};

/** Makes of a checked-in Worker that of an environment; `folder` is where its configuration may be written. */
export function prepareWorker(source: WorkerSource, placing: Omit<Placing, "bundle">): PreparedWorker {
  const { bundle } = source;
  const { folder } = placing;
  const checkedIn = readCheckedIn(source.config);
  const config = workerConfig(checkedIn, source.config, { ...placing, bundle });
  const release = releaseOf(config, bundle, resolve(dirname(source.config), checkedIn.assets.directory));
  const settings = {
    crons: config.triggers.crons,
    workersDev: placing.workersDev,
    observability: config.observability,
  };
  const write = () => {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "wrangler.json");
    writeFileSync(file, JSON.stringify({ ...config, vars: { ...placing.vars, [RELEASE]: release } }, null, 2));
    return file;
  };
  return { name: config.name, release, settings, write };
}

/** Sees to it that the Worker in service is this release. */
export async function ensureWorker(
  { name, release, write }: PreparedWorker,
  inService: Variables | null,
  upload: Upload,
): Promise<Outcome> {
  if (inService?.[RELEASE] === release) return { changed: false, said: `Worker ${name} is release ${release}.` };
  await upload(write());
  const before = inService === null ? "" : `, in place of ${inService[RELEASE] ?? "an unnamed one"}`;
  return { changed: true, said: `Worker ${name} uploaded: release ${release}${before}.` };
}

/** Uploads by wrangler, as a process of its own. Throws with the last lines that it said. */
export function uploadWithWrangler({ api, account, token }: CloudflareSettings): Upload {
  return async (config) => {
    await wrangler(["deploy", "--config", config], {
      CLOUDFLARE_API_TOKEN: token,
      CLOUDFLARE_ACCOUNT_ID: account,
      CLOUDFLARE_API_BASE_URL: api,
    });
  };
}

/** Runs wrangler where nobody can be asked; answers what it said. */
export async function wrangler(args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const bin = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "../bin/wrangler.js");
  const quiet = { CI: "1", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
  const log = { WRANGLER_LOG_PATH: join(ROOT, "dist/deploy/wrangler.log") };
  if (!existsSync(bin)) throw new Error(`wrangler is not at ${bin}`);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...quiet, ...log, ...environment },
      timeout: UPLOAD_LIMIT_MS,
      maxBuffer: 16 << 20,
    });
    return stdout;
  } catch (thrown) {
    const { stdout = "", stderr = "" } = thrown as { stdout?: string; stderr?: string };
    const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-OUTPUT_LINES).join("\n");
    throw new Error(`wrangler ${args[0]} failed:\n${said || describe(thrown)}`);
  }
}
