import type { UpgradePhase, UpgradeState } from "../db/upgrades.ts";
import type { Origin } from "../registry/registry.ts";

/** One node's way through an upgrade. */
export type Step = {
  origin: string;
  position: number;
  phase: UpgradePhase;
  phaseSince: number;
  fromVersion: string;
  fromImage: string | null;
  toVersion: string | null;
  toImage: string | null;
  replacedAt: number | null;
  dueAt: number;
  reason: string | null;
};

/** An upgrade that has not ended. */
export type OpenUpgrade = {
  id: string;
  state: UpgradeState;
  stateSince: number;
  settleMs: number;
  rollbackOf: string | null;
  /** By position. */
  steps: Step[];
};

/** What is to be known of a node before it is touched. */
export type Node = Pick<
  Origin,
  "id" | "state" | "stateSince" | "activeSince" | "registeredAt" | "version" | "image" | "roles" | "held" | "stepsOpen"
> & {
  isHeard: boolean;
  /** How many stations it makes the programme of. */
  studios: number;
  /** How many others have fresh audio, in the station of its where they are fewest. */
  othersWithAudio: number;
};

export type FleetNow = {
  /** Unix ms. */
  now: number;
  /** Whether control has listened for long enough to judge anybody. */
  judging: boolean;
  nodes: readonly Node[];
};

export const IN_HAND: ReadonlySet<UpgradePhase> = new Set(["draining", "replacing", "proving"]);
