import { describe, expect, it } from "vitest";
import { Heartbeat, type OriginState, type StationReport } from "../../contracts/fleet.ts";
import { type Heard, Hearing } from "../health/hearing.ts";
import { makeOrigin, makeRegistry, makeStation } from "../registry/test-registry.ts";
import { type AlertView, standingFaults } from "./standing-faults.ts";
import { makeView, START } from "./test-alerting.ts";

const kindsIn = (view: AlertView) => standingFaults(view).map(({ kind, station, origin }) => [kind, station ?? origin]);

/** What is heard of an origin that sends this. */
function heardOf(origin: string, parts: { clockOffMs?: number; stations?: StationReport[] } = {}): Heard {
  const hearing = new Hearing({ now: () => START, monotonic: () => 0 });
  const { clockOffMs = 0, stations = [] } = parts;
  const said = { instance: crypto.randomUUID(), now: START + clockOffMs, rung: "well", stations, incidents: [] };
  hearing.heartbeat(origin, Heartbeat.parse(said));
  const [heard] = hearing.all();
  if (!heard) throw new Error("a heartbeat was sent");
  return heard;
}

const fleetOf = (states: Record<string, OriginState>, studio: string | null = "origin-1") =>
  makeRegistry(
    [makeStation("demo", { studio })],
    Object.entries(states).map(([id, state]) => makeOrigin(id, { state })),
  );

describe("what is wrong now", () => {
  it("is nothing in a fleet that is well, and in one that nobody has set up yet", () => {
    expect(kindsIn(makeView())).toEqual([]);
    expect(kindsIn(makeView({ registry: makeRegistry([], []), alive: new Set() }))).toEqual([]);
    expect(kindsIn(makeView({ registry: makeRegistry([makeStation("demo")], []), alive: new Set() }))).toEqual([]);
  });

  it("is one fault when every origin is gone, however many stations there are", () => {
    const registry = makeRegistry([makeStation("one"), makeStation("two")], [makeOrigin("a"), makeOrigin("b")]);
    expect(kindsIn(makeView({ registry, alive: new Set() }))).toEqual([["fleet-silent", null]]);
  });

  it("is a silent station when its own origins are gone, and nothing else about that station", () => {
    const registry = makeRegistry(
      [makeStation("demo"), makeStation("other", { studio: "b" })],
      [makeOrigin("a"), makeOrigin("b"), makeOrigin("c")],
      {
        slicers: [
          { station: "demo", origin: "a" },
          { station: "other", origin: "b" },
          { station: "other", origin: "c" },
        ],
      },
    );
    expect(kindsIn(makeView({ registry, alive: new Set(["b", "c"]) }))).toEqual([["station-silent", "demo"]]);
  });

  it("is a station with one origin left, where there were more", () => {
    expect(kindsIn(makeView({ alive: new Set(["origin-1"]) }))).toEqual([["station-unprotected", "demo"]]);
    const alone = fleetOf({ "origin-1": "active" });
    expect(kindsIn(makeView({ registry: alone, alive: new Set(["origin-1"]) }))).toEqual([]);
  });

  it.each([null, "origin-9", "origin-3"])("is a station whose studio is %s: none, unknown or dead", (studio) => {
    const registry = fleetOf({ "origin-1": "active", "origin-2": "active", "origin-3": "active" }, studio);
    expect(kindsIn(makeView({ registry }))).toEqual([["studio-missing", "demo"]]);
  });

  it("is the slate on air, as the studio says and nobody else", () => {
    const report = {
      slug: "demo",
      roles: [],
      generation: 1,
      source: "slate" as const,
      sliced: 1,
      published: 1,
      queued: 0,
      live: null,
    };
    expect(kindsIn(makeView({ heard: [heardOf("origin-1", { stations: [report] })] }))).toEqual([
      ["slate-on-air", "demo"],
    ]);
    expect(kindsIn(makeView({ heard: [heardOf("origin-2", { stations: [report] })] }))).toEqual([]);
  });

  it.each<[OriginState, string | null]>([
    ["registering", null],
    ["trial", null],
    ["active", null],
    ["suspect", null],
    ["draining", null],
    ["evicted", "origin-out"],
    ["reprovisioning", "origin-out"],
    ["failed", "origin-failed"],
  ])("has of an origin that is %s: %s", (state, kind) => {
    const registry = fleetOf({ "origin-1": "active", "origin-2": "active", "origin-3": state });
    const view = makeView({ registry, alive: new Set(["origin-1", "origin-2", "origin-3"]) });
    expect(kindsIn(view)).toEqual(kind === null ? [] : [[kind, "origin-3"]]);
  });

  it.each([
    [1000, []],
    [-1001, ["Its clock is 1.0 s slow"]],
    [300_000, ["Its clock is 300.0 s fast"]],
  ])("is a clock that is off by %d ms: %j", (clockOffMs, expected) => {
    const faults = standingFaults(makeView({ heard: [heardOf("origin-2", { clockOffMs })] }));
    expect(faults.map(({ what }) => what)).toEqual(expected);
  });

  it("is control itself, when a part of its work fails", () => {
    const faults = standingFaults(makeView({ failing: ["publishing the routing", "reading the registry"] }));
    expect(faults).toEqual([
      {
        kind: "control-failing",
        station: null,
        origin: null,
        what: "Control fails at publishing the routing, reading the registry",
      },
    ]);
  });
});
