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

/** What an operation that is let through answers with in place of the truth. */
export type Damage = "none" | "lose" | "garble";

/** The same bucket, but each operation is first told to `before`, which may throw, wait, or have the answer damaged. */
export function guardBucket<Bucket extends object>(
  bucket: Bucket,
  before: (operation: BucketOperation, key: string) => Promise<Damage>,
): Bucket {
  return new Proxy(bucket, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      const operation = BUCKET_OPERATIONS.find((name) => name === property);
      if (!operation) return value.bind(target);
      return async (...args: unknown[]) => {
        const damage = await before(operation, keyOf(args[0]));
        if (damage === "lose") return null;
        const answer: unknown = await value.apply(target, args);
        return damage === "garble" && isObject(answer) ? garbled(answer) : answer;
      };
    },
  });
}

/** Does what the fault says: throws as R2 does (code 10001), waits and then throws, or names the damage. */
export async function suffer(fault: BucketFault, operation: BucketOperation): Promise<Damage> {
  if (fault.kind === "lose" || fault.kind === "garble") return fault.kind;
  if (fault.kind === "hang") await new Promise((resolve) => setTimeout(resolve, HANG_MS));
  throw new Error(`${operation}: We encountered an internal error. Please try again. (10001)`);
}

type Stored = { arrayBuffer(): Promise<ArrayBuffer> };

function isObject(answer: unknown): answer is Stored {
  return typeof answer === "object" && answer !== null && "arrayBuffer" in answer;
}

/** Half of the object, whichever way it is read. */
function garbled(object: Stored): Stored {
  const half = async () => {
    const whole = await object.arrayBuffer();
    return whole.slice(0, whole.byteLength >> 1);
  };
  const ways: Record<string, unknown> = {
    arrayBuffer: half,
    text: async () => new TextDecoder().decode(await half()),
    json: async () => JSON.parse(new TextDecoder().decode(await half())),
  };
  return new Proxy(object, {
    get(target, property) {
      const value: unknown = ways[String(property)] ?? Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function keyOf(argument: unknown): string {
  if (typeof argument === "string") return argument;
  if (typeof argument === "object" && argument !== null && "prefix" in argument) return String(argument.prefix ?? "");
  return "";
}
