import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { reelKey, reelManifestKey, segmentKey } from "../../contracts/storage.ts";
import { createLog } from "../../kit/log.ts";
import { openDatabase } from "../db/database.ts";
import { incidents, renditions, stations } from "../db/schema.ts";
import { createStation } from "../registry/create-station.ts";
import { deleteStation } from "../registry/delete-station.ts";
import { clearDeletedStations } from "./clear-stations.ts";

const HOUR = 3_600_000;
const db = openDatabase(env.DB);
let ms = 1_800_000_000_000;
let lines: string[] = [];
const clock = { now: () => ms, monotonic: () => ms };
const segments = env.SEGMENTS as R2Bucket;
const deps = { db, clock, log: createLog({ write: (line) => lines.push(line) }), buckets: [env.MEDIA, segments] };
const context = { ...deps, actor: "tests" };

async function keys(): Promise<string[]> {
  return (await env.MEDIA.list()).objects.map(({ key }) => key);
}

async function fill(slug: string, segments: number) {
  const put = (key: string) => env.MEDIA.put(key, "x");
  await Promise.all([put(reelManifestKey(slug)), put(reelKey(slug, "a".repeat(64)))]);
  for (let number = 0; number < segments; number++) await put(segmentKey(slug, "origin-1", "aac-48k", number));
}

beforeEach(async () => {
  ms += HOUR;
  lines = [];
  for (const table of [incidents, renditions, stations]) await db.delete(table);
  const left = await keys();
  if (left.length > 0) await env.MEDIA.delete(left);
  for (const slug of ["demo", "demo-two"]) await createStation(context, { slug, name: slug });
});

describe("a station that was deleted", () => {
  it("leaves neither reel nor segments behind, and no other station loses any", async () => {
    await fill("demo", 5);
    await fill("demo-two", 5);
    for (const slug of ["demo", "demo-two"]) await segments.put(`live/${slug}/origin-1/aac-48k/1.ts`, "x");
    await deleteStation(context, "demo");
    await clearDeletedStations(deps);
    expect((await segments.list()).objects.map(({ key }) => key)).toEqual(["live/demo-two/origin-1/aac-48k/1.ts"]);
    const left = await keys();
    expect(left).toHaveLength(7);
    expect(left.every((key) => key.includes("/demo-two/"))).toBe(true);
  });

  it("is looked after until nobody can upload any more, and then no longer", async () => {
    await deleteStation(context, "demo");
    await clearDeletedStations(deps);
    await fill("demo", 1);
    ms += HOUR;
    await clearDeletedStations(deps);
    expect(await keys()).toEqual([]);
    const told = (await db.select().from(incidents)).map(({ kind }) => kind);
    expect(told.filter((kind) => kind === "station-cleared")).toHaveLength(1);
    const never = { ...deps, buckets: [{ list: () => Promise.reject(new Error("asked")), delete: env.MEDIA.delete }] };
    await clearDeletedStations(never);
    expect(lines).toEqual([]);
  });

  it("is cleared in bounded batches, and the next run goes on where R2 failed", async () => {
    await fill("demo", 3);
    await deleteStation(context, "demo");
    let deletions = 0;
    const bucket = {
      list: (options: R2ListOptions = {}) => env.MEDIA.list({ ...options, limit: 1 }),
      delete: (key: string | string[]) => {
        deletions += 1;
        return deletions === 2 ? Promise.reject(new Error("R2 is down")) : env.MEDIA.delete(key);
      },
    };
    await clearDeletedStations({ ...deps, buckets: [bucket] });
    expect(await keys()).toHaveLength(4);
    expect(lines.join()).toContain("R2 is down");
    await fill("demo", 20);
    deletions = 2;
    await clearDeletedStations({ ...deps, buckets: [bucket] });
    expect(await keys()).toHaveLength(12);
    await clearDeletedStations(deps);
    expect(await keys()).toEqual([]);
  });

  it("and whose name was given anew is left alone", async () => {
    await deleteStation(context, "demo");
    await createStation(context, { slug: "demo", name: "Another" });
    await fill("demo", 2);
    await clearDeletedStations(deps);
    expect(await keys()).toHaveLength(4);
    await deleteStation(context, "demo");
    await clearDeletedStations(deps);
    expect(await keys()).toEqual([]);
  });
});
