import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from "wrangler";
import { applyMigrations } from "../../migrations.ts";
import { ROOT } from "../../settings.ts";
import { WORKERS } from "../checked-in.ts";
import type { FakeCloudflare } from "./cloudflare.ts";

export type DeployedWorkers = { fetch: typeof fetch; close(): Promise<void> };

/** Both Workers for real, of these bundles and with these variables, and one database and bucket between them. */
export async function runDeployed(
  bundles: { edge: string; control: string },
  variables: Record<string, string>,
): Promise<{ miniflare: Miniflare; close(): Promise<void> }> {
  const state = mkdtempSync(join(tmpdir(), "radio-dream-deployed-"));
  const workers = WORKERS.map(({ part, config }) => {
    const { modulesRules: _, rootPath: __, ...options } = unstable_getMiniflareWorkerOptions(config).workerOptions;
    const modules = [{ type: "ESModule" as const, path: `${part}.mjs`, contents: bundles[part] }];
    return { ...options, name: part, rootPath: ROOT, modules, bindings: part === "control" ? variables : {} };
  });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers,
      cf: false,
      logRequests: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: () => {},
      telemetry: { enabled: false },
      resourcePersistencePath: state,
    }),
  );
  const database = await miniflare.getD1Database("DB", "control");
  await applyMigrations(database, join(ROOT, "migrations"), unstable_splitSqlQuery);
  return {
    miniflare,
    close: async () => {
      await miniflare.dispose();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** Asks the Worker that the account has under the address; nothing answers where it has none, or control has no token yet. */
export function throughAccount(fake: FakeCloudflare, miniflare: Miniflare, adminToken: string): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    const worker = fake.account.workerAt(url.hostname);
    if (worker === null) throw new TypeError(`nothing at ${url.hostname}`);
    if (worker.includes("control") && fake.account.scripts.get(worker)?.secrets.get("ADMIN_TOKEN") !== adminToken) {
      return Response.json({ error: { code: "unauthorized", message: "" } }, { status: 401 });
    }
    const asked = await miniflare.getWorker(worker.includes("control") ? "control" : "edge");
    const answer = await asked.fetch(url.href, init as never);
    return new Response(await answer.text(), { status: answer.status });
  };
}
