import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OriginState } from "../../contracts/fleet.ts";
import { Routing } from "../../contracts/routing.ts";
import type { Registry } from "../registry/registry.ts";
import { anyRegistry, makeOrigin, makeRegistry, makeStation } from "../registry/test-registry.ts";
import { buildSnapshot as buildSnapshotAt } from "./build-snapshot.ts";

const MOMENT = { now: 1_800_000_000_000, rampMs: 300_000 };
const buildSnapshot = (registry: Registry) => buildSnapshotAt(registry, MOMENT);

const station = makeStation("demo", { studio: "origin-1", generation: 4 });

describe("the routing snapshot", () => {
  it("names stations, their slicers with weights, and the origins with their token hashes", () => {
    const origins = [makeOrigin("origin-1"), makeOrigin("origin-2", { weight: 25, tokenHash: "c".repeat(64) })];
    expect(buildSnapshot(makeRegistry([station], origins))).toEqual({
      schema: 1,
      origins: {
        "origin-1": { url: "http://origin-1.example:8801", tokenHash: "a".repeat(64) },
        "origin-2": { url: "http://origin-2.example:8801", tokenHash: "c".repeat(64) },
      },
      stations: {
        demo: {
          name: "demo",
          framesPerSegment: 150,
          renditions: ["aac-48k", "aac-128k"],
          generation: 4,
          studio: "origin-1",
          delivery: "edge",
          slicers: [
            { origin: "origin-1", weight: 100 },
            { origin: "origin-2", weight: 25 },
          ],
        },
      },
    });
  });

  it("says which way a station takes, and until when players may hold what it took before", () => {
    const before = makeStation("demo", { delivery: "edge", listedUntil: MOMENT.now });
    const stations = [before, makeStation("large", { delivery: "static" })];
    const snapshot = buildSnapshot(makeRegistry(stations, [makeOrigin("origin-1")]));
    expect(snapshot?.stations.demo).toMatchObject({ delivery: "edge", listedUntil: MOMENT.now });
    expect(snapshot?.stations.large).toMatchObject({ delivery: "static" });
    expect(snapshot?.stations.large).not.toHaveProperty("listedUntil");
  });

  it.each<[OriginState, number | null, boolean]>([
    ["registering", null, false],
    ["trial", null, true],
    ["active", 100, true],
    ["suspect", 100, true],
    ["draining", 0, true],
    ["evicted", null, false],
    ["reprovisioning", null, false],
    ["failed", null, false],
  ])("has an origin that is %s at weight %s, and takes its uploads: %s", (state, weight, uploads) => {
    const snapshot = buildSnapshot(
      makeRegistry([station], [makeOrigin("origin-1"), makeOrigin("origin-2", { state })]),
    );
    const routed = snapshot?.stations.demo?.slicers.find(({ origin }) => origin === "origin-2");
    expect(routed?.weight ?? null).toBe(weight);
    expect(snapshot?.origins["origin-2"]?.tokenHash !== null).toBe(uploads);
  });

  it("has one on trial only where the station has nobody else, as the last resort", () => {
    const alone = makeRegistry([station], [makeOrigin("origin-1", { state: "trial" })]);
    expect(buildSnapshot(alone)?.stations.demo?.slicers).toEqual([{ origin: "origin-1", weight: 0 }]);
  });

  it("has one that was just admitted at a part of its weight", () => {
    const activeSince = MOMENT.now - 150_000;
    const origins = [makeOrigin("origin-1"), makeOrigin("origin-2", { activeSince })];
    expect(buildSnapshot(makeRegistry([station], origins))?.stations.demo?.slicers).toEqual([
      { origin: "origin-1", weight: 100 },
      { origin: "origin-2", weight: 60 },
    ]);
  });

  it("refuses the uploads of an origin whose token was revoked", () => {
    const origins = [makeOrigin("origin-1"), makeOrigin("origin-2", { tokenHash: null })];
    expect(buildSnapshot(makeRegistry([station], origins))?.origins["origin-2"]?.tokenHash).toBeNull();
  });

  it("is none rather than empty: without a station, without an origin, with all origins out", () => {
    expect(buildSnapshot(makeRegistry([], [makeOrigin("origin-1")]))).toBeNull();
    expect(buildSnapshot(makeRegistry([station], []))).toBeNull();
    expect(buildSnapshot(makeRegistry([station], [makeOrigin("origin-1", { state: "evicted" })]))).toBeNull();
  });

  it("fits the contract in whatever fleet, and does not depend on the order in which that is known", () => {
    fc.assert(
      fc.property(anyRegistry, (registry) => {
        const snapshot = buildSnapshot(registry);
        if (snapshot === null) return;
        expect(Routing.safeParse({ ...snapshot, version: 1, publishedAt: 0 }).success).toBe(true);
        const shuffled = buildSnapshot({ ...registry, slicers: registry.slicers.toReversed() });
        expect(JSON.stringify(shuffled)).toBe(JSON.stringify(snapshot));
      }),
    );
  });
});
