import { describe, expect, it } from "vitest";
import type { OriginState } from "../../contracts/fleet.ts";
import { makeOrigin, makeRegistry, makeStation } from "../registry/test-registry.ts";
import { assess, type Impressions } from "./assess.ts";
import { DEFAULT_HEALTH_POLICY as policy } from "./health-policy.ts";
import type { Seen } from "./sight.ts";
import { NOW } from "./test-facts.ts";
import { type Made, makeSegments } from "./test-indexes.ts";

type Sighting = Made & { agoMs?: number; isCurrent?: boolean };

const seen = (station: string, origin: string, { agoMs = 0, isCurrent = true, ...made }: Sighting = {}): Seen => ({
  station,
  origin,
  segments: makeSegments(NOW - agoMs, 8, made),
  newest: makeSegments(NOW - agoMs, 1)[0]?.number ?? null,
  isCurrent,
  missingMs: 0,
});

function assessed(entries: Seen[], parts: Partial<Impressions> = {}, states: Record<string, OriginState> = {}) {
  const ids = ["origin-1", "origin-2", "origin-3"];
  const origins = ids.map((id) => makeOrigin(id, { state: states[id] ?? "active" }));
  const stations = [...new Set(entries.map(({ station }) => station))].map((slug) => makeStation(slug));
  const impressions = { judging: true, silentMs: () => 500, heard: [], seen: entries, ...parts };
  return assess(makeRegistry(stations, origins), impressions, policy, NOW);
}

const all = (station: string, parts: Record<string, Sighting> = {}) =>
  ["origin-1", "origin-2", "origin-3"].map((origin) => seen(station, origin, parts[origin]));

describe("the facts of an origin", () => {
  it("are good when all that is heard and seen of it is", () => {
    expect(assessed(all("demo")).get("origin-1")).toEqual({
      facts: {
        judging: true,
        silentMs: 500,
        startedMs: expect.any(Number),
        othersHeard: true,
        rung: null,
        clockOffMs: null,
        lateMs: expect.any(Number),
        peersOnTime: true,
        oddSegments: 0,
        disputedSegments: 0,
        deadAirSegments: 0,
        provenSegments: 8,
        othersWithAudio: 2,
      },
      covers: [["origin-2", "origin-3"]],
    });
  });

  it("are those of the station in which it is worst", () => {
    const found = assessed([...all("good"), ...all("bad", { "origin-1": { agoMs: 9600, hash: "x" } })]);
    expect(found.get("origin-1")?.facts).toMatchObject({ lateMs: 6400, peersOnTime: true, provenSegments: 0 });
    expect(found.get("origin-2")?.facts).toMatchObject({ lateMs: -3200, peersOnTime: true });
  });

  it("name as cover, for each station, only others that are alive, on time, and not silent", () => {
    const silentMs = (id: string) => (id === "origin-2" ? 60_000 : 0);
    expect(assessed(all("demo"), { silentMs }).get("origin-1")?.covers).toEqual([["origin-3"]]);
    const late = assessed([...all("a"), ...all("b", { "origin-2": { agoMs: 9600 }, "origin-3": { rms: -120 } })]);
    expect(late.get("origin-1")).toMatchObject({
      covers: [["origin-2", "origin-3"], []],
      facts: { othersWithAudio: 0 },
    });
  });

  it("name as cover those that are silent, too, where all are: that is the programme's silence", () => {
    const silent = { rms: -120 };
    const alike = all("demo", { "origin-1": silent, "origin-2": silent, "origin-3": silent });
    expect(assessed(alike).get("origin-1")).toMatchObject({
      covers: [["origin-2", "origin-3"]],
      facts: { deadAirSegments: 0 },
    });
    const alone = all("demo", { "origin-1": { agoMs: 9600 }, "origin-2": { agoMs: 9600 }, "origin-3": silent });
    expect(assessed(alone).get("origin-1")?.covers).toEqual([[]]);
  });

  it("of one that slices nothing count the cover of all stations", () => {
    const found = assessed([seen("demo", "origin-2"), seen("demo", "origin-3")], {}, { "origin-1": "evicted" });
    expect(found.get("origin-1")).toMatchObject({
      facts: { provenSegments: null, lateMs: null, othersWithAudio: 2 },
      covers: [["origin-2", "origin-3"]],
    });
  });

  it("leave open what R2 has not shown lately", () => {
    const blind = all("demo").map((entry) => ({ ...entry, isCurrent: false }));
    expect(assessed(blind).get("origin-1")?.facts).toMatchObject({ lateMs: null, othersWithAudio: 0 });
  });

  it("go by the newest segment that anybody has seen", () => {
    const entries = all("demo", { "origin-1": { agoMs: 9600 } });
    const newest = entries[1]?.newest ?? null;
    const listed = entries.map((entry) => (entry.origin === "origin-1" ? { ...entry, newest } : entry));
    expect(assessed(entries).get("origin-1")?.facts.lateMs).toBe(6400);
    expect(assessed(listed).get("origin-1")?.facts.lateMs).toBe(-3200);
  });

  it("count one that has never been seen as late once the grace is over, and not before", () => {
    const lateAfter = (missingMs: number) => {
      const entries = all("demo").map((entry) =>
        entry.origin === "origin-1" ? { ...entry, segments: [], newest: null, missingMs } : entry,
      );
      return assessed(entries).get("origin-1")?.facts;
    };
    expect(lateAfter(policy.graceMs)?.lateMs).toBeNull();
    expect(lateAfter(policy.graceMs + 3000)).toMatchObject({ lateMs: 3000, peersOnTime: true });
  });

  it("say that nobody else is heard when that is so", () => {
    const silentMs = (id: string) => (id === "origin-1" ? 0 : 9000);
    expect(assessed(all("demo"), { silentMs }).get("origin-1")?.facts.othersHeard).toBe(false);
  });
});
