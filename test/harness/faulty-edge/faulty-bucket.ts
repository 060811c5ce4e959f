import { BUCKET_OPERATIONS, type BucketFault, type BucketOperation } from "../faults.ts";

const HANG_MS = 600_000;

/** The fault that hits this operation, or undefined. `random` gives a number in [0, 1). */
export function faultFor(
  faults: readonly BucketFault[],
  operation: BucketOperation,
  key: string,
  random: () => number,
): BucketFault | undefined {
  return faults.find(
    (fault) => fault.operations.includes(operation) && key.startsWith(fault.prefix) && random() < fault.share,
  );
}

/** The same bucket, but each operation is first told to `before`, which may throw or wait. */
export function guardBucket<Bucket extends object>(
  bucket: Bucket,
  before: (operation: BucketOperation, key: string) => Promise<void>,
): Bucket {
  return new Proxy(bucket, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      const operation = BUCKET_OPERATIONS.find((name) => name === property);
      if (!operation) return value.bind(target);
      return async (...args: unknown[]) => {
        await before(operation, keyOf(args[0]));
        return value.apply(target, args);
      };
    },
  });
}

/** Does what the fault says: throws as R2 does (code 10001), or waits and then throws. */
export async function suffer(fault: BucketFault, operation: BucketOperation): Promise<void> {
  if (fault.kind === "hang") await new Promise((resolve) => setTimeout(resolve, HANG_MS));
  throw new Error(`${operation}: We encountered an internal error. Please try again. (10001)`);
}

function keyOf(argument: unknown): string {
  if (typeof argument === "string") return argument;
  if (typeof argument === "object" && argument !== null && "prefix" in argument) return String(argument.prefix ?? "");
  return "";
}
