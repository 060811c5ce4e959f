import { z } from "zod";
import type { Cloudflare } from "./cloudflare.ts";
import type { Outcome } from "./outcome.ts";

const PERMISSION = "Workers Scripts: Edit";
const Listed = z.array(z.object({ name: z.string() }));

/** The names of the Worker's secrets; what they hold, nobody can ask. */
export async function secretNames(cloudflare: Cloudflare, worker: string): Promise<Set<string>> {
  const listed = await cloudflare.ofAccount(`/workers/scripts/${worker}/secrets`, Listed, { permission: PERMISSION });
  return new Set(listed.map(({ name }) => name));
}

export async function setSecret(
  cloudflare: Cloudflare,
  worker: string,
  secret: { name: string; text: string },
): Promise<Outcome> {
  const body = { ...secret, type: "secret_text" };
  const path = `/workers/scripts/${worker}/secrets`;
  await cloudflare.ofAccount(path, z.unknown(), { method: "PUT", body, permission: PERMISSION });
  return { changed: true, said: `Secret ${secret.name} of ${worker} set.` };
}
