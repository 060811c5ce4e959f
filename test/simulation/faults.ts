import type { OriginId } from "../../contracts/names.ts";
import type { Part } from "../../origin/agent/rungs.ts";
import type { BucketFault } from "./bucket.ts";
import type { Content } from "./content.ts";
import { SIDES, type Side } from "./network.ts";
import type { Random } from "./random.ts";

/** What may go wrong, as data. What lasts, lasts for `forMs`. */
export type Fault =
  | { kind: "killed"; origin: OriginId; forMs: number }
  | { kind: "frozen"; origin: OriginId; forMs: number }
  | { kind: "cut-off"; origin: OriginId; from: readonly Side[]; forMs: number }
  | { kind: "slow"; origin: OriginId; uploadMs: number; forMs: number }
  | { kind: "stuck"; origin: OriginId; part: Part }
  | { kind: "lying"; origin: OriginId; content: Exclude<Content, "programme">; forMs: number }
  | { kind: "clock-off"; origin: OriginId; offMs: number; forMs: number }
  | { kind: "disk-full"; origin: OriginId; forMs: number }
  | ({ kind: "bucket-ill"; forMs: number } & BucketFault)
  | { kind: "control-away"; forMs: number }
  | { kind: "database-away"; forMs: number };

export type FaultKind = Fault["kind"];
export type Scheduled = { atMs: number; fault: Fault };

/** How often a week each befalls: an origin, or for the last three all of the radio. */
export type Rates = Record<FaultKind, number>;

export const DEFAULT_RATES: Rates = {
  killed: 1.5,
  frozen: 0.7,
  "cut-off": 1,
  slow: 0.5,
  stuck: 0.7,
  lying: 0,
  "clock-off": 0.3,
  "disk-full": 0.2,
  "bucket-ill": 0.7,
  "control-away": 0.7,
  "database-away": 0.7,
};

const WEEK_MS = 7 * 86_400_000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Faults that come by chance, all kinds independent of one another; what is among them follows from `random`. */
export function randomFaults(origins: readonly OriginId[], totalMs: number, rates: Rates, random: Random): Scheduled[] {
  const makers = Object.entries(MAKERS).flatMap(([kind, make]): [FaultKind, () => Fault][] => {
    const whom: (OriginId | null)[] = OF_ALL.has(kind as FaultKind) ? [null] : [...origins];
    return whom.map((origin) => [kind as FaultKind, () => make(origin ?? "", random)]);
  });
  const faults = makers.flatMap(([kind, make]) => {
    const come: Scheduled[] = [];
    if (rates[kind] === 0) return come;
    const perMs = rates[kind] / WEEK_MS;
    for (let atMs = random.wait(perMs); atMs < totalMs; atMs += random.wait(perMs)) come.push({ atMs, fault: make() });
    return come;
  });
  return faults.toSorted((one, other) => one.atMs - other.atMs);
}

const OF_ALL: ReadonlySet<FaultKind> = new Set<FaultKind>(["bucket-ill", "control-away", "database-away"]);

const MAKERS: { [Kind in FaultKind]: (origin: OriginId, random: Random) => Fault } = {
  killed: (origin, random) => ({ kind: "killed", origin, forMs: someTime(random, SECOND, 10 * MINUTE) }),
  frozen: (origin, random) => ({ kind: "frozen", origin, forMs: someTime(random, 2 * SECOND, 5 * MINUTE) }),
  "cut-off": (origin, random) => {
    const from = random.next() < 0.5 ? SIDES : [random.pick<Side>(["control", "edge", "peers"])];
    return { kind: "cut-off", origin, from, forMs: someTime(random, 2 * SECOND, 10 * MINUTE) };
  },
  slow: (origin, random) => ({
    kind: "slow",
    origin,
    uploadMs: random.between(1500, 8000),
    forMs: someTime(random, 10 * SECOND, 5 * MINUTE),
  }),
  stuck: (origin, random) => ({ kind: "stuck", origin, part: random.pick<Part>(["programme", "slicer", "ingest"]) }),
  lying: (origin, random) => ({
    kind: "lying",
    origin,
    content: random.pick<"silence" | "garbage">(["silence", "garbage"]),
    forMs: someTime(random, 20 * SECOND, 5 * MINUTE),
  }),
  "clock-off": (origin, random) => ({
    kind: "clock-off",
    origin,
    offMs: random.between(-1, 1) * 5 * MINUTE,
    forMs: someTime(random, 10 * SECOND, 10 * MINUTE),
  }),
  "disk-full": (origin, random) => ({ kind: "disk-full", origin, forMs: someTime(random, 10 * SECOND, 5 * MINUTE) }),
  "bucket-ill": (_origin, random) => ({
    kind: "bucket-ill",
    reads: random.pick([0, 0.35, 1]),
    writes: random.pick([0.2, 1]),
    hangs: random.pick([0, 0.5]),
    forMs: someTime(random, 5 * SECOND, 10 * MINUTE),
  }),
  "control-away": (_origin, random) => ({ kind: "control-away", forMs: someTime(random, 5 * SECOND, 20 * MINUTE) }),
  "database-away": (_origin, random) => ({ kind: "database-away", forMs: someTime(random, 5 * SECOND, 20 * MINUTE) }),
};

/** Short times more often than long ones. */
function someTime(random: Random, leastMs: number, mostMs: number): number {
  return leastMs * (mostMs / leastMs) ** random.next();
}
