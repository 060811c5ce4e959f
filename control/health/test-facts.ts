import fc from "fast-check";
import { OriginState } from "../../contracts/fleet.ts";
import { makeOrigin } from "../registry/test-registry.ts";
import type { Facts } from "./facts.ts";

/** Values for the tests of the machine. */

export const NOW = 1_800_000_000_000;

/** Nothing speaks against it, nothing proves it, and two others have audio. */
export function makeFacts(parts: Partial<Facts> = {}): Facts {
  return {
    judging: true,
    silentMs: 500,
    startedMs: 3_600_000,
    othersHeard: true,
    rung: "well",
    clockOffMs: 20,
    lateMs: -1000,
    peersOnTime: true,
    oddSegments: 0,
    disputedSegments: 0,
    deadAirSegments: 0,
    provenSegments: 0,
    othersWithAudio: 2,
    ...parts,
  };
}

const anyMs = fc.constantFrom(0, 1000, 2400, 3500, 4500, 7000, 70_000, 1e9);
const anyCount = fc.nat(6);

export const anyFacts: fc.Arbitrary<Facts> = fc.record({
  judging: fc.boolean(),
  silentMs: anyMs,
  startedMs: anyMs,
  othersHeard: fc.boolean(),
  rung: fc.constantFrom(null, "well", "restart", "report", "leave"),
  clockOffMs: fc.option(anyMs),
  lateMs: fc.option(anyMs),
  peersOnTime: fc.boolean(),
  oddSegments: anyCount,
  disputedSegments: anyCount,
  deadAirSegments: anyCount,
  provenSegments: fc.option(anyCount),
  othersWithAudio: fc.nat(3),
});

const anyPast = fc.constantFrom(1, 1000, 6000, 61_000, 200_000, 1e8).map((ago) => NOW - ago);

export const anyOriginEver = fc
  .record({
    state: fc.constantFrom(...OriginState.options),
    stateSince: anyPast,
    registeredAt: anyPast,
    evictions: fc.nat(8),
    evictedAt: fc.option(anyPast),
    tries: fc.nat(3),
    held: fc.boolean(),
    stepsOpen: fc.boolean(),
  })
  .map((parts) => makeOrigin("origin-1", parts));
