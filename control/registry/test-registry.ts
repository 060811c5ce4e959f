import fc from "fast-check";
import { OriginState, type Role } from "../../contracts/fleet.ts";
import type { Liveness } from "./assign.ts";
import { assignSlicers } from "./assign.ts";
import type { Origin, Registry, Station } from "./registry.ts";

/** Values for the tests of the pure decisions. */

export function makeStation(slug: string, parts: Partial<Station> = {}): Station {
  return {
    slug,
    name: slug,
    framesPerSegment: 150,
    renditions: ["aac-48k", "aac-128k"],
    livePolicy: "auto",
    liveAllowed: true,
    liveSilenceSeconds: 15,
    delivery: "edge",
    listedUntil: null,
    feedSecret: "s".repeat(43),
    studio: null,
    studioInstance: null,
    generation: 0,
    generationFloor: 0,
    ...parts,
  };
}

export function makeOrigin(id: string, parts: Partial<Origin> = {}): Origin {
  return {
    id,
    instance: `${id}-first`,
    url: `http://${id}.example:8801`,
    rtmpUrl: `rtmp://${id}.example:1935`,
    roles: ["studio", "slicer"],
    version: "1",
    wire: 1,
    image: null,
    state: "active",
    stateSince: 0,
    weight: 100,
    activeSince: null,
    evictions: 0,
    evictedAt: null,
    tries: 0,
    held: false,
    stepsOpen: false,
    registeredAt: 0,
    tokenHash: "a".repeat(64),
    ...parts,
  };
}

/** A registry whose slicers are those that it should have. */
export function makeRegistry(stations: Station[], origins: Origin[], parts: Partial<Registry> = {}): Registry {
  const bare = { stations, origins, keys: [], slicers: [] };
  return { ...bare, slicers: assignSlicers(bare).added, ...parts };
}

export function makeLiveness(alive: string[], parts: Partial<Liveness> = {}): Liveness {
  return { alive: new Set(alive), judging: true, generations: new Map(), lost: new Map(), ...parts };
}

const ORIGINS = ["origin-1", "origin-2", "origin-3", "origin-4"];
const STATIONS = ["alpha", "beta", "gamma"];

const anyRoles = fc.subarray<Role>(["studio", "slicer"], { minLength: 1 });
const anyOrigin = (id: string) =>
  fc.record({
    id: fc.constant(id),
    instance: fc.constantFrom(`${id}-first`, `${id}-second`),
    state: fc.constantFrom(...OriginState.options),
    roles: anyRoles,
    weight: fc.constantFrom(0, 1, 100),
  });
const anyStation = (slug: string) =>
  fc.record({
    slug: fc.constant(slug),
    studio: fc.option(fc.constantFrom(...ORIGINS)),
    generation: fc.nat(9),
    generationFloor: fc.nat(12),
  });

/** Any fleet: origins in any state, studios that may be gone, and generations that may lag behind what was reported. */
export const anyRegistry: fc.Arbitrary<Registry> = fc
  .record({
    origins: fc.subarray(ORIGINS).chain((ids) => fc.tuple(...ids.map(anyOrigin))),
    stations: fc.subarray(STATIONS).chain((slugs) => fc.tuple(...slugs.map(anyStation))),
  })
  .map(({ origins, stations }) =>
    makeRegistry(
      stations.map((station) =>
        makeStation(station.slug, {
          ...station,
          studioInstance: station.studio === null ? null : `${station.studio}-first`,
        }),
      ),
      origins.map((origin) => makeOrigin(origin.id, origin)),
    ),
  );

export const anyLiveness: fc.Arbitrary<Liveness> = fc
  .record({
    alive: fc.subarray(ORIGINS),
    judging: fc.boolean(),
    generations: fc.dictionary(fc.constantFrom(...STATIONS), fc.nat(12)),
    lost: fc.dictionary(
      fc.constantFrom(...STATIONS),
      fc.constantFrom(...ORIGINS).map((studio) => ({ studio, reason: "lost" })),
    ),
  })
  .map(({ alive, judging, generations, lost }) => ({
    alive: new Set(alive),
    judging,
    generations: new Map(Object.entries(generations)),
    lost: new Map(Object.entries(lost)),
  }));
