import { describe, expect, it } from "vitest";
import { BucketFault, type BucketOperation } from "../faults.ts";
import { type Damage, faultFor, guardBucket, suffer } from "./faulty-bucket.ts";

const makeFault = (fault: Partial<BucketFault>) => BucketFault.parse({ operations: ["get"], kind: "fail", ...fault });

describe("a bucket fault", () => {
  it("hits only its operations and only keys under its prefix", () => {
    const faults = [makeFault({ operations: ["get", "head"], prefix: "live/demo/origin-1/" })];
    const hits = (operation: BucketOperation, key: string) => faultFor(faults, operation, key, () => 0.5) !== undefined;
    expect(hits("get", "live/demo/origin-1/index.json")).toBe(true);
    expect(hits("head", "live/demo/origin-1/index.json")).toBe(true);
    expect(hits("put", "live/demo/origin-1/index.json")).toBe(false);
    expect(hits("get", "live/demo/origin-2/index.json")).toBe(false);
  });

  it("hits its share of the operations", () => {
    const faults = [makeFault({ share: 0.3 })];
    expect(faultFor(faults, "get", "key", () => 0.29)).toBeDefined();
    expect(faultFor(faults, "get", "key", () => 0.31)).toBeUndefined();
  });

  it("looks to the Worker like an internal error of R2", async () => {
    await expect(suffer(makeFault({}), "get")).rejects.toThrow("internal error");
  });
});

describe("a guarded bucket", () => {
  it("does what the bucket does, after telling each operation with its key", async () => {
    const told: string[] = [];
    const stored = new Map([["a", 1]]);
    const bucket = guardBucket(
      {
        get: async (key: string) => stored.get(key),
        list: async (_: { prefix: string }) => [...stored.keys()],
        resumeMultipartUpload: (key: string) => key,
      },
      async (operation, key) => {
        told.push(`${operation} ${key}`);
        return "none";
      },
    );
    expect(await bucket.get("a")).toBe(1);
    expect(await bucket.list({ prefix: "li" })).toEqual(["a"]);
    expect(bucket.resumeMultipartUpload("b")).toBe("b");
    expect(told).toEqual(["get a", "list li"]);
  });

  it("shows nothing, or half of what is there, when it is told so", async () => {
    const bucket = (damage: Damage) =>
      guardBucket({ get: async (_: string) => new Response("whole") }, async () => damage);
    expect(await bucket("lose").get("a")).toBeNull();
    expect(await (await bucket("garble").get("a")).text()).toBe("wh");
    expect(await (await bucket("none").get("a")).text()).toBe("whole");
  });
});
