import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { ROUTING_COPY_KEY, ROUTING_KEY, Routing } from "../../contracts/routing.ts";
import { systemClock } from "../../kit/clock.ts";
import { openDatabase } from "../db/database.ts";
import { publications } from "../db/schema.ts";
import { makeOrigin, makeRegistry, makeStation } from "../registry/test-registry.ts";
import { buildSnapshot, type Snapshot } from "./build-snapshot.ts";
import { loadPublication, publish, type RoutingBucket } from "./publish.ts";

const db = openDatabase(env.DB);
const deps = { db, bucket: env.MEDIA, clock: systemClock };

function snapshotOf(...stations: string[]): Snapshot {
  const snapshot = buildSnapshot(
    makeRegistry(
      stations.map((slug) => makeStation(slug)),
      [makeOrigin("origin-1")],
    ),
    { now: 0, rampMs: 0 },
  );
  if (!snapshot) throw new Error("a station and an origin are not nothing");
  return snapshot;
}

const standing = async () => Routing.parse(await (await env.MEDIA.get(ROUTING_KEY))?.json());

beforeEach(async () => {
  await db.delete(publications);
  await env.MEDIA.delete(ROUTING_KEY);
});

describe("publishing", () => {
  it("puts the snapshot under the next version, and remembers what stands in R2", async () => {
    const first = await publish(deps, snapshotOf("a"), await loadPublication(db));
    expect(await standing()).toMatchObject({ schema: 1, version: 1, stations: { a: { generation: 0 } } });
    expect(await loadPublication(db)).toMatchObject(first);
    await publish(deps, snapshotOf("a", "b"), first);
    expect(await standing()).toMatchObject({ version: 2, stations: { a: {}, b: {} } });
  });

  it("leaves alone what stands there already", async () => {
    const first = await publish(deps, snapshotOf("a"), await loadPublication(db));
    const uploaded = (await env.MEDIA.head(ROUTING_KEY))?.uploaded;
    expect(await publish(deps, snapshotOf("a"), first)).toBe(first);
    expect((await env.MEDIA.head(ROUTING_KEY))?.uploaded).toEqual(uploaded);
  });

  it("gives out versions above that of the object in R2, should D1 have lost its count", async () => {
    for (const slug of ["a", "b", "c"]) await publish(deps, snapshotOf(slug), await loadPublication(db));
    await db.delete(publications);
    await publish(deps, snapshotOf("d"), await loadPublication(db));
    expect(await standing()).toMatchObject({ version: 4 });
  });

  it("keeps a copy, for edges that start while the object itself is gone", async () => {
    await publish(deps, snapshotOf("a"), await loadPublication(db));
    const copy = Routing.parse(await (await env.MEDIA.get(ROUTING_COPY_KEY))?.json());
    expect(copy).toEqual(await standing());
  });

  it("does not count a put that failed: the version is given up, and the next try succeeds", async () => {
    const failing = {
      ...deps,
      bucket: { head: env.MEDIA.head.bind(env.MEDIA), put: () => Promise.reject(new Error("429")) },
    };
    await expect(publish(failing, snapshotOf("a"), await loadPublication(db))).rejects.toThrow("429");
    await publish(deps, snapshotOf("a"), await loadPublication(db));
    expect(await standing()).toMatchObject({ version: 2 });
  });

  it("cannot be buried by an older one that lands late", async () => {
    const before = await publish(deps, snapshotOf("a"), await loadPublication(db));
    let land = () => {};
    const landing = new Promise<void>((resolve) => {
      land = resolve;
    });
    const slow: RoutingBucket = {
      head: env.MEDIA.head.bind(env.MEDIA),
      put: async (key, value, options) => {
        await landing;
        return env.MEDIA.put(key, value, options);
      },
    };
    const late = publish({ ...deps, bucket: slow }, snapshotOf("late"), before);
    const refused = expect(late).rejects.toThrow("somebody else");
    await publish(deps, snapshotOf("newer"), before);
    land();
    await refused;
    expect(Object.keys((await standing()).stations)).toEqual(["newer"]);
  });
});
