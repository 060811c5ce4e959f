import { describe, expect, it } from "vitest";
import { StationReport } from "../../contracts/fleet.ts";
import { makeOrigin, makeRegistry, makeStation } from "../registry/test-registry.ts";
import { DEFAULT_HEALTH_POLICY as policy } from "./health-policy.ts";
import type { Heard } from "./hearing.ts";
import { lostStudios, type StudioView } from "./lost-studios.ts";

const registry = makeRegistry(
  [makeStation("demo", { studio: "origin-1", studioInstance: "origin-1-first", generation: 3 })],
  [makeOrigin("origin-1"), makeOrigin("origin-2"), makeOrigin("origin-3")],
);

type Word = { silentMs?: number; heardMs?: number | null; leaving?: boolean };

function heardOf(origin: string, { silentMs = 200, heardMs = 10, leaving = false }: Word): Heard {
  const report = StationReport.parse({
    slug: "demo",
    roles: ["slicer"],
    generation: 3,
    source: null,
    sliced: null,
    published: null,
    queued: 0,
    live: null,
    heardMs,
  });
  return { origin, at: 0, silentMs, rung: "well", rungDetail: null, leaving, clockOffMs: 0, stations: [report] };
}

const reasonFor = (words: Record<string, Word>, parts: Partial<StudioView> = {}) =>
  lostStudios(
    registry,
    {
      judging: true,
      heard: Object.entries(words).map(([origin, word]) => heardOf(origin, word)),
      studioAgeMs: () => 60_000,
      ...parts,
    },
    policy,
  ).get("demo")?.reason ?? null;

const OVERDUE = { silentMs: 2400 };
const STOPPED = { silentMs: 100, heardMs: 1000 };

describe("a studio", () => {
  it.each<[string, Record<string, Word>, RegExp]>([
    ["that is overdue while its frames have stopped", { "origin-1": OVERDUE, "origin-2": STOPPED }, /overdue/],
    [
      "of which one slicer says so, and the other has not had the time to",
      { "origin-1": OVERDUE, "origin-2": STOPPED, "origin-3": { silentMs: 1200, heardMs: 20 } },
      /overdue/,
    ],
    [
      "whose frames nobody hears for long, itself included",
      { "origin-1": { heardMs: 12_000 }, "origin-2": { heardMs: 12_500 } },
      /nobody hears/,
    ],
    [
      "that speaks, but whose frames reach none of two others",
      { "origin-1": { heardMs: 10 }, "origin-2": { heardMs: 3000 }, "origin-3": { heardMs: 3400 } },
      /reach none/,
    ],
    ["that leaves in good order", { "origin-1": { leaving: true }, "origin-2": {} }, /is leaving/],
  ])("%s is lost", (_title, words, reason) => {
    expect(reasonFor(words)).toMatch(reason);
  });

  it.each<[string, Record<string, Word>]>([
    ["that is well", { "origin-1": {}, "origin-2": {} }],
    ["whose frames stopped for a slicer, but which speaks", { "origin-1": {}, "origin-2": STOPPED }],
    ["that is overdue, but whose frames are heard", { "origin-1": OVERDUE, "origin-2": {} }],
    [
      "that is overdue and still heard by one slicer",
      { "origin-1": OVERDUE, "origin-2": STOPPED, "origin-3": { silentMs: 100, heardMs: 20 } },
    ],
    ["that is overdue in a fleet of its own", { "origin-1": OVERDUE }],
    [
      "of whose frames the slicers say nothing",
      { "origin-1": OVERDUE, "origin-2": { heardMs: null }, "origin-3": { heardMs: null } },
    ],
    [
      "whose frames reach one of two others",
      { "origin-1": {}, "origin-2": { heardMs: 9000 }, "origin-3": { heardMs: 20 } },
    ],
    ["that hears itself", { "origin-1": { heardMs: 30 }, "origin-2": { heardMs: 60_000 } }],
  ])("%s is not", (_title, words) => {
    expect(reasonFor(words)).toBeNull();
  });

  it("that no other has heard yet has twelve seconds to begin", () => {
    const unheard = (ageMs: number) => {
      const words = { "origin-1": {}, "origin-2": { heardMs: ageMs - 1500 }, "origin-3": { heardMs: ageMs - 1800 } };
      return reasonFor(words, { studioAgeMs: () => ageMs });
    };
    expect(unheard(8000)).toBeNull();
    expect(unheard(12_500)).toMatch(/reach none/);
  });

  it("is not lost while control may not judge, nor when it has only just become studio, unless it leaves", () => {
    const words = { "origin-1": { ...OVERDUE, heardMs: 20_000 }, "origin-2": { heardMs: 20_000 } };
    expect(reasonFor(words)).not.toBeNull();
    expect(reasonFor(words, { judging: false })).toBeNull();
    expect(reasonFor(words, { studioAgeMs: () => 5000 })).toBeNull();
    expect(reasonFor({ "origin-1": { leaving: true } }, { judging: false })).toMatch("leaving");
  });
});
