import { describe } from "../../kit/log.ts";
import type { Context } from "../context.ts";
import { clearDrafts, clearJobs } from "../jobs/clear.ts";
import { endLostLeases } from "../jobs/lost-leases.ts";
import { clearDeleted, clearUploads } from "./clear.ts";
import { alignLately } from "./distribution.ts";

/** What the library needs once a minute; one that fails keeps none of the others from being done. */
export async function keepLibrary(deps: Pick<Context, "db" | "clock" | "log">, bucket: R2Bucket): Promise<void> {
  const chores: Record<string, () => Promise<void>> = {
    "aligning what is public": () => alignLately(deps, bucket),
    "ending lost leases": () => endLostLeases(deps),
    "clearing uploads": () => clearUploads(deps, bucket),
    "clearing deleted files": () => clearDeleted(deps, bucket),
    "clearing drafts": () => clearDrafts(deps, bucket),
    "clearing jobs": () => clearJobs(deps),
  };
  for (const [name, chore] of Object.entries(chores)) {
    try {
      await chore();
    } catch (thrown) {
      deps.log.error(`${name} failed`, { error: describe(thrown) });
    }
  }
}
