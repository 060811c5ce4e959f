import { type Context, Hono } from "hono";
import type { Account, Module, Script, Version } from "./account.ts";
import { answered, bodyOf, Refused } from "./answers.ts";
import * as shapes from "./shapes.ts";

/** Workers: uploads with their assets, settings, secrets, versions, deployments, domains. */
export function workers(account: Account): Hono {
  const routes = new Hono();
  const scriptOf = (name: string): Script => {
    const script = account.scripts.get(name);
    if (!script) throw new Refused(404, 10007, "This Worker does not exist on your account.");
    return script;
  };
  const presentOf = (script: Script): Version => {
    const [present] = script.deployments;
    if (!present) throw new Refused(404, 10007, "This Worker was never deployed.");
    return present;
  };

  routes.get("/workers/subdomain", (c) => {
    if (account.subdomain === null) throw new Refused(404, 10007, "The account has no workers.dev subdomain.");
    return answered(c, { subdomain: account.subdomain });
  });
  routes.put("/workers/subdomain", async (c) => {
    const { subdomain } = await bodyOf(c, shapes.Subdomain);
    account.subdomain = subdomain;
    return answered(c, { subdomain });
  });

  routes.put("/workers/scripts/:name", async (c) => {
    const name = c.req.param("name");
    const known = account.scripts.get(name);
    const script = known ?? newScript();
    const version = await readUpload(c, account, script);
    account.scripts.set(name, script);
    script.versions.set(version.id, version);
    script.deployments.unshift(version);
    script.observability = version.metadata.observability;
    script.migrationTag = version.metadata.migrations?.new_tag ?? script.migrationTag;
    return answered(c, { id: name, deployment_id: version.id, startup_time_ms: 20, has_modules: true });
  });
  routes.post("/workers/scripts/:name/versions", async (c) => {
    const script = scriptOf(c.req.param("name"));
    const version = await readUpload(c, account, script);
    if (version.metadata.migrations)
      throw new Refused(400, 10211, "A version with migrations is to be deployed at once.");
    script.versions.set(version.id, version);
    return answered(c, {
      id: version.id,
      number: script.versions.size,
      startup_time_ms: 20,
      resources: { script: {} },
    });
  });
  routes.get("/workers/scripts/:name/settings", (c) => {
    const script = scriptOf(c.req.param("name"));
    const secrets = [...script.secrets.keys()].map((name) => ({ type: "secret_text", name }));
    const { bindings, compatibility_date } = presentOf(script).metadata;
    return answered(c, { bindings: [...bindings, ...secrets], compatibility_date });
  });
  routes.get("/workers/scripts/:name/script-settings", (c) => {
    const { observability } = scriptOf(c.req.param("name"));
    return answered(c, { observability, logpush: false, tags: [] });
  });
  routes.patch("/workers/scripts/:name/script-settings", async (c) => {
    const script = scriptOf(c.req.param("name"));
    const { observability } = await bodyOf(c, shapes.ScriptSettings);
    script.observability = observability ?? script.observability;
    return answered(c, { observability: script.observability });
  });
  routes.get("/workers/scripts/:name/schedules", (c) => {
    const { crons } = scriptOf(c.req.param("name"));
    return answered(c, { schedules: crons.map((cron) => ({ cron, created_on: "2026-11-22T00:00:00Z" })) });
  });
  routes.put("/workers/scripts/:name/schedules", async (c) => {
    const script = scriptOf(c.req.param("name"));
    script.crons = (await bodyOf(c, shapes.Schedules)).map(({ cron }) => cron);
    return answered(c, { schedules: [] });
  });
  routes.get("/workers/scripts/:name/subdomain", (c) => {
    const { isOnWorkersDev } = scriptOf(c.req.param("name"));
    return answered(c, { enabled: isOnWorkersDev, previews_enabled: false });
  });
  routes.post("/workers/scripts/:name/subdomain", async (c) => {
    const wanted = await bodyOf(c, shapes.ScriptSubdomain);
    scriptOf(c.req.param("name")).isOnWorkersDev = wanted.enabled;
    return answered(c, wanted);
  });

  routes.get("/workers/scripts/:name/secrets", (c) => {
    const { secrets } = scriptOf(c.req.param("name"));
    return answered(
      c,
      [...secrets.keys()].map((name) => ({ name, type: "secret_text" })),
    );
  });
  routes.put("/workers/scripts/:name/secrets", async (c) => {
    const script = scriptOf(c.req.param("name"));
    const { name, text } = await bodyOf(c, shapes.NewSecret);
    script.secrets.set(name, text);
    const version = { ...presentOf(script), id: crypto.randomUUID() };
    script.versions.set(version.id, version);
    script.deployments.unshift(version);
    return answered(c, { name, type: "secret_text" });
  });

  routes.get("/workers/scripts/:name/deployments", (c) => {
    const { deployments } = scriptOf(c.req.param("name"));
    const listed = deployments.map(({ id }) => ({
      id: crypto.randomUUID(),
      created_on: "2026-11-22T00:00:00Z",
      source: "api",
      strategy: "percentage",
      versions: [{ version_id: id, percentage: 100 }],
    }));
    return answered(c, { deployments: listed });
  });
  routes.post("/workers/scripts/:name/deployments", async (c) => {
    const script = scriptOf(c.req.param("name"));
    const { versions } = await bodyOf(c, shapes.NewDeployment);
    const version = script.versions.get(versions[0]?.version_id ?? "");
    if (!version) throw new Refused(404, 10021, "There is no such version.");
    script.deployments.unshift(version);
    return answered(c, { id: crypto.randomUUID() });
  });
  routes.get("/workers/scripts/:name/versions/:id", (c) => {
    const version = scriptOf(c.req.param("name")).versions.get(c.req.param("id"));
    if (!version) throw new Refused(404, 10021, "There is no such version.");
    return answered(c, { id: version.id, number: 1, resources: { bindings: version.metadata.bindings } });
  });

  routes.get("/workers/domains", (c) => {
    const { service, hostname } = c.req.query();
    const isWanted = (domain: { service: string; hostname: string }) =>
      (service === undefined || domain.service === service) && (hostname === undefined || domain.hostname === hostname);
    return answered(c, [...account.domains.values()].filter(isWanted));
  });
  routes.put("/workers/domains", async (c) => {
    const { hostname, service, zone_id } = await bodyOf(c, shapes.NewDomain);
    scriptOf(service);
    const zone = account.zones.find(({ id }) => id === zone_id);
    if (!zone || !`.${hostname}`.endsWith(`.${zone.name}`)) throw new Refused(400, 100116, "The zone is another one.");
    const domain = { id: crypto.randomUUID(), hostname, service, zone_id, zone_name: zone.name };
    account.domains.set(hostname, domain);
    return answered(c, domain);
  });
  return routes;
}

function newScript(): Script {
  return {
    deployments: [],
    versions: new Map(),
    secrets: new Map(),
    crons: [],
    isOnWorkersDev: false,
    observability: null,
    migrationTag: null,
  };
}

/** The multipart upload of a Worker: `metadata` and its modules. Refuses what binds to things that are not there. */
async function readUpload(c: Context, account: Account, script: Script): Promise<Version> {
  const form = await c.req.formData();
  const parsed = shapes.ScriptMetadata.safeParse(JSON.parse(await textOf(form.get("metadata"))));
  if (!parsed.success) throw new Refused(400, 10021, `Not of the documented shape: ${parsed.error.message}`);
  const metadata = parsed.data;
  const modules: Module[] = [];
  for (const [name, part] of form) {
    if (name === "metadata" || typeof part === "string") continue;
    modules.push({ name: part.name, type: part.type, content: await part.text() });
  }
  if (!modules.some(({ name }) => name === metadata.main_module)) throw new Refused(400, 10021, "No main module.");
  for (const binding of metadata.bindings) checkBinding(binding, metadata, account, script);
  const kept = metadata.keep_bindings.includes("plain_text") ? (script.deployments[0]?.metadata.bindings ?? []) : [];
  const isNew = (name: string) => metadata.bindings.every((binding) => binding.name !== name);
  const carriedOn = kept.filter(({ type, name }) => type === "plain_text" && isNew(name));
  const bindings = [...metadata.bindings, ...carriedOn];
  if (!metadata.keep_bindings.includes("secret_text")) script.secrets.clear();
  return { id: crypto.randomUUID(), metadata: { ...metadata, bindings }, modules };
}

function checkBinding(
  binding: shapes.ScriptMetadata["bindings"][number],
  metadata: shapes.ScriptMetadata,
  account: Account,
  script: Script,
): void {
  if (binding.type === "r2_bucket" && !account.buckets.has(binding.bucket_name)) {
    throw new Refused(400, 10085, `R2 bucket ${binding.bucket_name} not found.`);
  }
  if (binding.type === "d1" && !account.databases.has(binding.id)) {
    throw new Refused(400, 10181, `binding ${binding.name} of type d1 must have a valid id specified.`);
  }
  if (binding.type === "durable_object_namespace") {
    const classes = metadata.migrations?.steps.flatMap((step) => step.new_sqlite_classes) ?? [];
    if (script.migrationTag === null && !classes.includes(binding.class_name)) {
      throw new Refused(400, 10061, `Durable Object class ${binding.class_name} was never made by a migration.`);
    }
  }
  if (binding.type === "assets" && metadata.assets === undefined) throw new Refused(400, 10021, "No assets.");
}

async function textOf(part: File | string | null): Promise<string> {
  if (part === null) throw new Refused(400, 10021, "No metadata.");
  return typeof part === "string" ? part : await part.text();
}
