import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { POWERS } from "../health/states.ts";
import { assignSlicers, assignStudios, type Liveness, type StudioChange } from "./assign.ts";
import type { Origin, Registry } from "./registry.ts";
import { anyLiveness, anyRegistry, makeLiveness, makeOrigin, makeRegistry, makeStation } from "./test-registry.ts";

const one = makeOrigin("origin-1");
const two = makeOrigin("origin-2");
const three = makeOrigin("origin-3");
const byOne = { studio: "origin-1", studioInstance: "origin-1-first", generation: 3 };

const decide = (origins: Origin[], liveness: Liveness, station = makeStation("demo", byOne)) =>
  assignStudios(makeRegistry([station], origins), liveness);

function afterwards(registry: Registry, changes: StudioChange[]): Registry {
  return {
    ...registry,
    stations: registry.stations.map((station) => {
      const change = changes.find((candidate) => candidate.station === station.slug);
      if (!change) return station;
      return { ...station, studio: change.studio, studioInstance: change.instance, generation: change.generation };
    }),
  };
}

const mayBeStudio = (origin: Origin) => origin.roles.includes("studio") && POWERS[origin.state].studioRank !== null;

describe("the studio of a station", () => {
  it("is found among the living as soon as one is there", () => {
    expect(decide([one], makeLiveness(["origin-1"]), makeStation("demo"))).toMatchObject([
      { station: "demo", studio: "origin-1", instance: "origin-1-first", from: 0, generation: 1 },
    ]);
  });

  it("stays while it lives", () => {
    expect(decide([one, two], makeLiveness(["origin-1", "origin-2"]))).toEqual([]);
  });

  it.each<[string, Origin[], Liveness, string | null]>([
    ["is replaced when it is silent", [one, two], makeLiveness(["origin-2"]), "origin-2"],
    [
      "is replaced when it is evicted",
      [{ ...one, state: "evicted" }, two],
      makeLiveness(["origin-1", "origin-2"]),
      "origin-2",
    ],
    [
      "is replaced when it loses the role",
      [{ ...one, roles: ["slicer"] }, two],
      makeLiveness(["origin-1", "origin-2"]),
      "origin-2",
    ],
    [
      "is replaced when it drains",
      [{ ...one, state: "draining" }, two],
      makeLiveness(["origin-1", "origin-2"]),
      "origin-2",
    ],
    [
      "is given up when it is evicted and nobody else lives",
      [{ ...one, state: "evicted" }, two],
      makeLiveness(["origin-1"]),
      null,
    ],
    [
      "is replaced by one that is suspect when nobody better lives",
      [one, { ...two, state: "suspect" }],
      makeLiveness(["origin-2"]),
      "origin-2",
    ],
    [
      "is replaced by one on trial when nobody better lives",
      [one, { ...two, state: "trial" }],
      makeLiveness(["origin-2"]),
      "origin-2",
    ],
    [
      "is not replaced by one that is suspect when a sound one lives",
      [one, { ...two, state: "suspect" }, three],
      makeLiveness(["origin-2", "origin-3"]),
      "origin-3",
    ],
  ])("%s", (_title, origins, liveness, studio) => {
    expect(decide(origins, liveness)).toMatchObject([{ studio, from: 3, generation: 4 }]);
  });

  it.each<[string, Origin[], Liveness]>([
    ["it is silent and nobody else lives", [one, two], makeLiveness([])],
    [
      "it is silent, but control has only just begun to listen",
      [one, two],
      makeLiveness(["origin-2"], { judging: false }),
    ],
    ["it drains and nobody else lives", [{ ...one, state: "draining" }, two], makeLiveness(["origin-1"])],
    ["it is suspect", [{ ...one, state: "suspect" }, two], makeLiveness(["origin-1", "origin-2"])],
    ["it is on trial, and another is not", [{ ...one, state: "trial" }, two], makeLiveness(["origin-1", "origin-2"])],
  ])("keeps its name while %s", (_title, origins, liveness) => {
    expect(decide(origins, liveness)).toEqual([]);
  });

  it("is replaced when it is lost though it is heard, and the reason is told", () => {
    const lost = new Map([["demo", { studio: "origin-1", reason: "its frames have stopped" }]]);
    expect(decide([one, two], makeLiveness(["origin-1", "origin-2"], { lost }))).toMatchObject([
      { studio: "origin-2", generation: 4, reason: "its frames have stopped" },
    ]);
    expect(decide([one, two], makeLiveness(["origin-1"], { lost }))).toEqual([]);
  });

  it("keeps its place but gets a new generation when its process is another one", () => {
    expect(decide([{ ...one, instance: "origin-1-second" }, two], makeLiveness(["origin-1"]))).toMatchObject([
      { studio: "origin-1", instance: "origin-1-second", generation: 4 },
    ]);
  });

  it("works above every generation that an origin ever worked under", () => {
    const station = makeStation("demo", { ...byOne, generationFloor: 7 });
    expect(decide([one], makeLiveness(["origin-1"]), station)).toMatchObject([{ studio: "origin-1", generation: 8 }]);
    const heard = makeLiveness(["origin-1"], { generations: new Map([["demo", 5]]) });
    expect(decide([one], heard)).toMatchObject([{ studio: "origin-1", generation: 6 }]);
    expect(decide([one], makeLiveness(["origin-1"], { generations: new Map([["demo", 3]]) }))).toEqual([]);
  });

  it("is the origin that makes the fewest programmes, and of equals the one with the lowest name", () => {
    const stations = ["a", "b", "c", "d"].map((slug) => makeStation(slug));
    const changes = assignStudios(
      makeRegistry(stations, [one, two, three]),
      makeLiveness(["origin-3", "origin-2", "origin-1"]),
    );
    expect(changes.map(({ studio }) => studio)).toEqual(["origin-1", "origin-2", "origin-3", "origin-1"]);
  });

  it("is chosen with the programmes in mind that stay where they are", () => {
    const stations = [makeStation("a"), makeStation("b", byOne)];
    const changes = assignStudios(makeRegistry(stations, [one, two]), makeLiveness(["origin-1", "origin-2"]));
    expect(changes).toMatchObject([{ station: "a", studio: "origin-2" }]);
  });

  it("is exactly one, alive and able, in whatever fleet, while any such origin lives and control judges", () => {
    fc.assert(
      fc.property(anyRegistry, anyLiveness, (registry, liveness) => {
        fc.pre(
          liveness.judging && registry.origins.some((origin) => mayBeStudio(origin) && liveness.alive.has(origin.id)),
        );
        for (const { studio } of afterwards(registry, assignStudios(registry, liveness)).stations) {
          const origin = registry.origins.find(({ id }) => id === studio);
          expect(origin && mayBeStudio(origin) && liveness.alive.has(origin.id)).toBe(true);
        }
      }),
    );
  });

  it("never works under a generation that was used before, in whatever fleet", () => {
    fc.assert(
      fc.property(anyRegistry, anyLiveness, (registry, liveness) => {
        for (const change of assignStudios(registry, liveness)) {
          const station = registry.stations.find(({ slug }) => slug === change.station);
          expect(change.generation).toBeGreaterThan(station?.generation ?? Infinity);
          expect(change.generation).toBeGreaterThan(station?.generationFloor ?? Infinity);
          expect(change.generation).toBeGreaterThan(liveness.generations.get(change.station) ?? -1);
        }
      }),
    );
  });

  it("is settled by one decision: the same fleet asks for no second one", () => {
    fc.assert(
      fc.property(anyRegistry, anyLiveness, (registry, liveness) => {
        expect(assignStudios(afterwards(registry, assignStudios(registry, liveness)), liveness)).toEqual([]);
      }),
    );
  });
});

describe("the slicers of a station", () => {
  const stations = [makeStation("a"), makeStation("b")];

  it("are all origins that serve and have the role", () => {
    const origins = [one, { ...two, roles: ["studio" as const] }, { ...three, state: "trial" as const }];
    expect(assignSlicers({ stations, origins, keys: [], slicers: [] })).toEqual({
      added: [
        { station: "a", origin: "origin-1" },
        { station: "a", origin: "origin-3" },
        { station: "b", origin: "origin-1" },
        { station: "b", origin: "origin-3" },
      ],
      removed: [],
    });
  });

  it("cease when the origin is evicted or the station is gone", () => {
    const registry = makeRegistry(stations, [one, two]);
    expect(
      assignSlicers({ ...registry, stations: [makeStation("a")], origins: [one, { ...two, state: "evicted" }] }),
    ).toEqual({
      added: [],
      removed: [
        { station: "a", origin: "origin-2" },
        { station: "b", origin: "origin-1" },
        { station: "b", origin: "origin-2" },
      ],
    });
  });
});
