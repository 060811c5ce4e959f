import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clearOldSegments, KEPT_MS } from "./retention.ts";

let miniflare: Miniflare;

beforeAll(async () => {
  miniflare = new Miniflare(
    convertV4MiniflareOptions({ modules: true, script: "export default {}", cf: false, r2Buckets: ["MEDIA"] }),
  );
  await miniflare.ready;
});
afterAll(() => miniflare.dispose());

describe("clearing old segments", () => {
  it("deletes the segments nobody listens to any more, however many, and nothing else", async () => {
    const bucket = await miniflare.getR2Bucket("MEDIA");
    const put = (key: string) => bucket.put(key, "x");
    const old = Array.from({ length: 5 }, (_, i) => `live/demo/origin-${(i % 2) + 1}/aac-48k/${i}.ts`);
    const others = ["live/demo/origin-1/index.json", "reel/demo/aac-48k/1.ts", "routing/current.json"];
    await Promise.all([...old, ...others].map(put));
    const between = Date.now() + 1;
    await expect.poll(() => Date.now()).toBeGreaterThan(between);
    await put("live/demo/origin-1/aac-48k/9.ts");

    const twoAPage = {
      list: (options: { prefix: string; cursor?: string }) => bucket.list({ ...options, limit: 2 }),
      delete: (keys: string[]) => bucket.delete(keys),
    };
    const forgotten: string[] = [];
    const cleared = await clearOldSegments(twoAPage, between + KEPT_MS, async (paths) => void forgotten.push(...paths));

    expect(cleared).toBe(5);
    expect((await bucket.list()).objects.map(({ key }) => key)).toEqual(["live/demo/origin-1/aac-48k/9.ts", ...others]);
    expect(forgotten.sort()).toEqual([0, 1, 2, 3, 4].map((number) => `/demo/aac-48k/${number}.ts`));
  });
});
