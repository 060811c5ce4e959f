import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DesiredState } from "../../contracts/fleet.ts";
import { desiredState } from "./desired-state.ts";
import { anyRegistry, makeOrigin, makeRegistry, makeStation } from "./test-registry.ts";

const station = makeStation("demo", { studio: "origin-1", studioInstance: "origin-1-first", generation: 4 });
const key = { id: "key-1", station: "demo", name: "Ann", sha256: "b".repeat(64) };
const registry = makeRegistry([station], [makeOrigin("origin-1"), makeOrigin("origin-2")], { keys: [key] });

describe("the desired state", () => {
  it("tells the studio to make the programme and to slice it", () => {
    expect(desiredState(registry, "origin-1", 99)).toEqual({
      origin: "origin-1",
      now: 99,
      stations: [
        {
          slug: "demo",
          name: "demo",
          framesPerSegment: 150,
          renditions: ["aac-48k", "aac-128k"],
          generation: 4,
          roles: ["studio", "slicer"],
          studio: { origin: "origin-1", url: "http://origin-1.example:8801" },
          livePolicy: "auto",
          liveAllowed: true,
          liveSilenceSeconds: 15,
          keys: [{ id: "key-1", name: "Ann", sha256: "b".repeat(64) }],
          feedSecret: "s".repeat(43),
        },
      ],
    });
  });

  it("tells another slicer where the studio is", () => {
    expect(desiredState(registry, "origin-2", 0).stations).toMatchObject([
      { roles: ["slicer"], studio: { origin: "origin-1", url: "http://origin-1.example:8801" } },
    ]);
  });

  it("names the stations also to an origin without a role in them: a host may come in there", () => {
    const ingestOnly = makeRegistry([station], [makeOrigin("origin-1"), makeOrigin("origin-2", { roles: ["studio"] })]);
    expect(desiredState(ingestOnly, "origin-2", 0).stations).toMatchObject([{ slug: "demo", roles: [] }]);
  });

  it.each(["registering", "evicted", "reprovisioning", "failed"] as const)(
    "gives an origin that is %s nothing to do",
    (state) => {
      const evicted = makeRegistry([station], [makeOrigin("origin-1", { state }), makeOrigin("origin-2")]);
      expect(desiredState(evicted, "origin-1", 0).stations).toEqual([]);
    },
  );

  it("gives nobody the keys of another station", () => {
    const both = { ...registry, stations: [station, makeStation("other")] };
    expect(desiredState(both, "origin-1", 0).stations.map(({ slug, keys }) => [slug, keys.length])).toEqual([
      ["demo", 1],
      ["other", 0],
    ]);
  });

  it("fits the contract, and has one studio for all, in whatever fleet", () => {
    fc.assert(
      fc.property(anyRegistry, (fleet) => {
        const states = fleet.origins.map(({ id }) => DesiredState.parse(desiredState(fleet, id, 0)));
        for (const { slug } of fleet.stations) {
          const told = states.flatMap((state) => state.stations.filter((entry) => entry.slug === slug));
          expect(told.filter(({ roles }) => roles.includes("studio")).length).toBeLessThanOrEqual(1);
          expect(
            new Set(told.map(({ studio, generation }) => `${studio?.origin} ${generation}`)).size,
          ).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
