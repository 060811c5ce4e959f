import type { Scheduled } from "./faults.ts";

/** Days that happened, or should be survived, as data. Times are in ms from the moment the radio is on air. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** R2 on 2025-02-06: every operation failed for 59 minutes. */
export const OUTAGE_OF_FEBRUARY: Scheduled[] = [
  { atMs: 5 * MINUTE, fault: { kind: "bucket-ill", reads: 1, writes: 1, hangs: 0, forMs: 59 * MINUTE } },
];

/** R2 on 2025-03-21: for 67 minutes every write and about 35 % of the reads failed. */
export const OUTAGE_OF_MARCH: Scheduled[] = [
  { atMs: 5 * MINUTE, fault: { kind: "bucket-ill", reads: 0.35, writes: 1, hangs: 0, forMs: 67 * MINUTE } },
];

export const CONTROL_AWAY: Scheduled[] = [{ atMs: 5 * MINUTE, fault: { kind: "control-away", forMs: HOUR } }];

export const DATABASE_AWAY: Scheduled[] = [{ atMs: 5 * MINUTE, fault: { kind: "database-away", forMs: HOUR } }];

/** The studio dies while nobody can name another. */
export const STUDIO_DIES_WITHOUT_CONTROL: Scheduled[] = [
  ...CONTROL_AWAY,
  { atMs: 20 * MINUTE, fault: { kind: "killed", origin: "origin-1", forMs: 5 * SECOND } },
];

export const ALL_DEAD: Scheduled[] = dead(["origin-1", "origin-2", "origin-3"], HOUR);

export const TWO_OF_THREE_DEAD: Scheduled[] = dead(["origin-1", "origin-2"], HOUR);

function dead(origins: readonly string[], forMs: number): Scheduled[] {
  return origins.map((origin) => ({ atMs: 5 * MINUTE, fault: { kind: "killed", origin, forMs } }));
}

/** The studio goes on, but for half a minute no other origin hears it. */
export const CUT_OFF_FROM_PEERS: Scheduled[] = [
  { atMs: 5 * MINUTE, fault: { kind: "cut-off", origin: "origin-1", from: ["peers"], forMs: 30 * SECOND } },
];

/** Once a minute it is gone for 15 s, for a day. */
export const FLAPPING: Scheduled[] = Array.from({ length: DAY / MINUTE }, (_, minute) => ({
  atMs: minute * MINUTE,
  fault: { kind: "killed", origin: "origin-3", forMs: 15 * SECOND },
}));

/** It comes back from its death with other bytes than all others have. */
export const FAILING_EVERY_TRIAL: Scheduled[] = [
  { atMs: MINUTE, fault: { kind: "killed", origin: "origin-3", forMs: 30 * SECOND } },
  { atMs: MINUTE + SECOND, fault: { kind: "lying", origin: "origin-3", content: "garbage", forMs: DAY } },
];

export const CLOCK_OFF: Scheduled[] = ["origin-1", "origin-2", "origin-3"].flatMap((origin, index) =>
  [5 * MINUTE, -5 * MINUTE].map((offMs, turn): Scheduled => {
    const atMs = (index * 2 + turn + 1) * 20 * MINUTE;
    return { atMs, fault: { kind: "clock-off", origin, offMs, forMs: 5 * MINUTE } };
  }),
);
