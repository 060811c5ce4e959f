import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../../kit/log.ts";
import { claimPorts } from "../../test/harness/ports.ts";
import { createCache, type Served } from "./cache.ts";
import { type OpenBucket, openBucket } from "./open-bucket.ts";

describe("the open bucket", () => {
  let miniflare: Miniflare;
  let ports: Awaited<ReturnType<typeof claimPorts>>;
  let open: OpenBucket;
  let url: string;

  beforeAll(async () => {
    miniflare = new Miniflare(
      convertV4MiniflareOptions({ modules: true, script: "export default {}", cf: false, r2Buckets: ["SEGMENTS"] }),
    );
    const bucket = await miniflare.getR2Bucket("SEGMENTS");
    await bucket.put("live/demo/a/aac-48k/7.ts", "0123456789", {
      httpMetadata: { contentType: "video/mp2t", cacheControl: "public, max-age=86400, immutable" },
    });
    ports = await claimPorts(1);
    open = await openBucket(bucket, { host: "127.0.0.1", port: ports.first, log: createLog({ write: () => {} }) });
    url = `http://127.0.0.1:${ports.first}/live/demo/a/aac-48k/7.ts`;
  });
  afterAll(async () => {
    await open.close();
    await ports.release();
    await miniflare.dispose();
  });

  it("serves an object with the type and the Cache-Control it was put with, to pages of every site", async () => {
    const answer = await fetch(`${url}?whatever`);
    expect(await answer.text()).toBe("0123456789");
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "video/mp2t",
      "cache-control": "public, max-age=86400, immutable",
      "access-control-allow-origin": "*",
    });
    const before = await fetch(url, { method: "OPTIONS" });
    expect(before.status).toBe(204);
    expect(before.headers.get("access-control-allow-headers")).toContain("range");
  });

  it("asks the bucket once for what stays as it is", async () => {
    await (await fetch(url)).text();
    const { reads } = open.counts;
    const again = await fetch(url);
    expect(again.headers.get("cf-cache-status")).toBe("HIT");
    expect(open.counts.reads).toBe(reads);
  });

  it("answers ranges, conditions, and what is not there", async () => {
    const part = await fetch(url, { headers: { range: "bytes=2-4" } });
    expect([part.status, await part.text()]).toEqual([206, "234"]);
    const known = await fetch(url, { headers: { "if-none-match": part.headers.get("etag") ?? "" } });
    expect(known.status).toBe(304);
    expect((await fetch(url, { headers: { range: "bytes=99-" } })).status).toBe(416);
    expect((await fetch(url.replace("7.ts", "8.ts"))).status).toBe(404);
    expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(405);
  });
});

describe("the cache in front of it", () => {
  it("reads again when an object's time is over, at once what was missing, and once for many at a time", async () => {
    let now = 0;
    let reads = 0;
    const objects = new Map<string, Served>();
    const cache = createCache(
      async (key) => {
        reads += 1;
        return objects.get(key) ?? null;
      },
      () => now,
    );
    expect(await cache.get("list")).toBeNull();
    objects.set("list", { bytes: Buffer.from("1"), headers: { "cache-control": "public, max-age=1" } });
    const many = await Promise.all([cache.get("list"), cache.get("list"), cache.get("list")]);
    expect(many.map((one) => one?.isHit)).toEqual([false, true, true]);
    expect(reads).toBe(2);
    now = 999;
    expect((await cache.get("list"))?.isHit).toBe(true);
    now = 1000;
    expect((await cache.get("list"))?.isHit).toBe(false);
  });

  it("goes on with what it had when the bucket fails, and is asked anew for what it never had", async () => {
    let now = 0;
    let isAway = false;
    const served: Served = { bytes: Buffer.from("1"), headers: { "cache-control": "public, max-age=1" } };
    const read = () => (isAway ? Promise.reject(new Error("R2 is away")) : Promise.resolve(served));
    const cache = createCache(read, () => now);
    await cache.get("list");
    isAway = true;
    now = 1000;
    expect((await cache.get("list"))?.served).toBe(served);
    await expect(cache.get("other")).rejects.toThrow("away");
    isAway = false;
    expect((await cache.get("other"))?.served).toBe(served);
  });
});
