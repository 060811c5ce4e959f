import { z } from "zod";

/** What a test tells the faulty edge (`faulty-edge/main.ts`) to do to its bucket, and what that edge counts. */

export const FAULTS_PATH = "/__faults";

export const BUCKET_OPERATIONS = ["get", "head", "put", "delete", "list"] as const;
export const BucketOperation = z.enum(BUCKET_OPERATIONS);
export type BucketOperation = z.infer<typeof BucketOperation>;

export const BucketFault = z.object({
  operations: z.array(BucketOperation).min(1),
  /** Only keys that begin with this. */
  prefix: z.string().default(""),
  /**
   * `fail`: an internal error, as R2's. `hang`: no answer for ten minutes. For `get` also `lose`: nothing is there, and
   * `garble`: half of what is there.
   */
  kind: z.enum(["fail", "hang", "lose", "garble"]),
  /** The share of operations that it hits. */
  share: z.number().min(0).max(1).default(1),
});
export type BucketFault = z.infer<typeof BucketFault>;

export const BucketFaults = z.array(BucketFault).max(20);
export type BucketFaults = z.infer<typeof BucketFaults>;

/**
 * How often each operation was asked of the bucket (`get`, ...), of the cache (`cache.match`, `cache.put`) and of origins
 * (`origin.fetch`), and how many segments were read of each (`segments of {origin}`).
 */
export const OperationCounts = z.record(z.string(), z.int().nonnegative());
export type OperationCounts = z.infer<typeof OperationCounts>;

const TIMEOUT_MS = 5000;

/** Puts these faults in place of those before; an empty list makes the bucket sound again. */
export async function setBucketFaults(edgeUrl: string, faults: readonly z.input<typeof BucketFault>[]): Promise<void> {
  const response = await fetch(edgeUrl + FAULTS_PATH, {
    method: "POST",
    body: JSON.stringify(BucketFaults.parse(faults)),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the edge answers ${response.status}: is it the faulty one?`);
}

/** What was counted since the edge started. */
export async function readOperationCounts(edgeUrl: string): Promise<OperationCounts> {
  const response = await fetch(edgeUrl + FAULTS_PATH, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return OperationCounts.parse(await response.json());
}
