import { z } from "zod";
import type { Cloudflare } from "./cloudflare.ts";
import type { Outcome } from "./outcome.ts";
import { RELEASE, variablesOf, versionsInService } from "./release.ts";

/** How far back a release is looked for. */
const MAX_VERSIONS = 20;

export type ReleasedVersion = { version: string; release: string | undefined };

/**
 * Puts the Worker back to the release that was in service before the present one, with the variables of that time. The
 * database stays as it is: migrations are such that the code before them runs with them.
 */
export async function rollback(cloudflare: Cloudflare, worker: string): Promise<Outcome> {
  const history: ReleasedVersion[] = [];
  for (const version of (await versionsInService(cloudflare, worker)).slice(0, MAX_VERSIONS)) {
    history.push({ version, release: (await variablesOf(cloudflare, worker, version))[RELEASE] });
    const before = versionBefore(history);
    if (before !== null) return await goBack(cloudflare, worker, before);
  }
  throw new Error(`${worker} has no earlier release to go back to.`);
}

/** The newest version of another release than the present one; of the history so far, newest first. */
export function versionBefore(history: readonly ReleasedVersion[]): ReleasedVersion | null {
  const [present] = history;
  return history.find(({ release }) => release !== undefined && release !== present?.release) ?? null;
}

async function goBack(cloudflare: Cloudflare, worker: string, to: ReleasedVersion): Promise<Outcome> {
  const body = {
    strategy: "percentage",
    versions: [{ version_id: to.version, percentage: 100 }],
    annotations: { "workers/message": `back to release ${to.release}` },
  };
  const path = `/workers/scripts/${worker}/deployments`;
  await cloudflare.ofAccount(path, z.unknown(), { method: "POST", body, permission: "Workers Scripts: Edit" });
  return { changed: true, said: `Worker ${worker} is release ${to.release} again.` };
}
