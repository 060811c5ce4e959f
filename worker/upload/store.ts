import { withTimeout } from "../../kit/race.ts";
import { EdgeError } from "../edge-error.ts";
import type { Reach } from "../reach.ts";

const STORE_LIMIT_MS = 8000;

/** Work on R2 for an upload; its failure is a 503 that invites to try again. */
export async function withStore<T>(reach: Reach, work: () => Promise<T>): Promise<T> {
  try {
    return await withTimeout(STORE_LIMIT_MS, "R2", work);
  } catch (thrown) {
    reach.complaints.add("an upload cannot be stored", thrown);
    throw new EdgeError(503, "storage_failed", "The storage cannot be used at the moment.", { retryAfterSeconds: 1 });
  }
}
