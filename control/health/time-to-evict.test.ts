import { describe, expect, it } from "vitest";
import { HEARTBEAT_MS } from "../../contracts/fleet.ts";
import { segmentAt, segmentTime } from "../../contracts/timeline.ts";
import { makeOrigin, makeRegistry, makeStation } from "../registry/test-registry.ts";
import { assess } from "./assess.ts";
import { changesOf } from "./changes.ts";
import { DEFAULT_HEALTH_POLICY as policy } from "./health-policy.ts";
import { decide } from "./machine.ts";
import { POLICY } from "./policy.ts";
import { NOW } from "./test-facts.ts";
import { makeSegments } from "./test-indexes.ts";

/** From the end of a segment until its index is in R2. */
const UPLOAD_MS = 600;
const RUNS = 100;

/** When a heartbeat and an index that come again and again came last, by `now`. */
const lastBeat = (now: number, phase: number) => Math.floor((now - phase) / HEARTBEAT_MS) * HEARTBEAT_MS + phase;
const published = (now: number) => makeSegments(now - UPLOAD_MS, 8);

/** Ms from a fault of origin-3 to its eviction, by pure decisions: what is left out is the time D1 and R2 take. */
function timeToEvict(fault: "dead" | "frozen", run: number): number {
  const phase = (run * 379) % HEARTBEAT_MS;
  const faultAt = NOW + ((run * 613) % 3200);
  let origin = makeOrigin("origin-3");
  const peers = [makeOrigin("origin-1"), makeOrigin("origin-2")];
  for (let now = NOW + ((run * 127) % POLICY.sweepMs); now < faultAt + 60_000; now += POLICY.sweepMs) {
    const until = Math.min(now, faultAt);
    const registry = makeRegistry([makeStation("demo")], [...peers, origin]);
    const seen = registry.slicers.map((slicer) => ({
      ...slicer,
      segments: published(slicer.origin === origin.id ? until : now),
      newest: published(slicer.origin === origin.id ? until : now)[0]?.number ?? null,
      isCurrent: true,
      missingMs: 0,
    }));
    const silentMs = (id: string) => now - lastBeat(fault === "dead" && id === origin.id ? until : now, phase);
    const facts = assess(registry, { judging: true, silentMs, heard: [], seen }, policy, now).get(origin.id)?.facts;
    const transition = facts && decide(origin, facts, policy, now);
    if (transition?.to === "evicted") return now - faultAt;
    if (transition) origin = { ...origin, ...changesOf(origin, transition, policy, now) };
  }
  return Number.POSITIVE_INFINITY;
}

describe("from fault to eviction", () => {
  it.each([
    ["dead", 5000],
    ["frozen", 10_000],
  ] as const)("an origin that is %s takes at most %i ms in 95 of 100 cases, however its beats fall", (fault, limit) => {
    const times = Array.from({ length: RUNS }, (_, run) => timeToEvict(fault, run)).toSorted((a, b) => a - b);
    expect(times[Math.ceil(RUNS * 0.95) - 1]).toBeLessThanOrEqual(limit);
    expect(times[0]).toBeGreaterThan(1500);
  });

  it("is counted from what was published: nothing of a segment is seen before it is whole", () => {
    const [newest] = published(NOW);
    expect(newest?.number).toBe(segmentAt(NOW - UPLOAD_MS, 150) - 1);
    expect(segmentTime((newest?.number ?? 0) + 1, 150)).toBeLessThanOrEqual(NOW - UPLOAD_MS);
  });
});
