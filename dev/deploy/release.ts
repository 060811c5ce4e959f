import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Cloudflare } from "./cloudflare.ts";

/** Variable of each Worker that names what was uploaded, so that the same is not uploaded twice. */
export const RELEASE = "RELEASE";

const PERMISSION = "Workers Scripts: Edit";
const Deployments = z.object({
  deployments: z.array(z.object({ versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })) })),
});
const Version = z.object({ resources: z.object({ bindings: z.array(z.unknown()).default([]) }) });
const Variable = z.object({ type: z.literal("plain_text"), name: z.string(), text: z.string() });

export type Variables = Record<string, string>;

/** The versions that were in service, newest first; those that shared the service with another are left out. */
export async function versionsInService(cloudflare: Cloudflare, worker: string): Promise<string[]> {
  const path = `/workers/scripts/${worker}/deployments`;
  const found = await cloudflare.find(path, Deployments, { permission: PERMISSION });
  const versions = (found?.deployments ?? []).map((deployment) => deployment.versions);
  return versions.flatMap(([whole]) => (whole?.percentage === 100 ? [whole.version_id] : []));
}

/** The variables that the version was uploaded with. */
export async function variablesOf(cloudflare: Cloudflare, worker: string, version: string): Promise<Variables> {
  const path = `/workers/scripts/${worker}/versions/${version}`;
  const { resources } = await cloudflare.ofAccount(path, Version, { permission: PERMISSION });
  return textsOf(resources.bindings);
}

/** The variables of the Worker that is in service; null where there is none. */
export async function variablesInService(cloudflare: Cloudflare, worker: string): Promise<Variables | null> {
  const [present] = await versionsInService(cloudflare, worker);
  return present === undefined ? null : await variablesOf(cloudflare, worker, present);
}

/** The plain-text bindings by name. */
function textsOf(bindings: readonly unknown[]): Variables {
  const variables = bindings.map((binding) => Variable.safeParse(binding)).flatMap(({ data }) => (data ? [data] : []));
  return Object.fromEntries(variables.map(({ name, text }) => [name, text]));
}

/** A name for what a configuration, a bundle and a folder of assets are together. */
export function releaseOf(config: object, bundle: string, assets: string): string {
  const hash = createHash("sha256").update(JSON.stringify(config)).update(readFileSync(bundle));
  const files = readdirSync(assets, { recursive: true, encoding: "utf8" }).sort();
  for (const file of files.filter((name) => statSync(join(assets, name)).isFile())) {
    hash.update(`\n${file}\n`).update(readFileSync(join(assets, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
