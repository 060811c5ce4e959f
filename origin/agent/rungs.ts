import { EXIT, type ExitCode } from "../exit-codes.ts";

/** The parts of a node that can be restarted alone, each smaller than the process. */
export type Part = "programme" | "slicer" | "uploader" | "ingest";

/** What a node needs besides its parts. */
export type Resource = "disk" | "memory" | "descriptors" | "clock";

export type RungName = "well" | "restart" | "deep" | "repair" | "outside" | "report" | "leave";

export type Rung = {
  /** Ms until one looks again after the action that led here; what is well by then has been healed by it. */
  waitMs: number;
  /** Whether the deep checks are made here, which cost requests to others. */
  deep: boolean;
  /** Whether the node still wants listeners. */
  serving: boolean;
};

/** The rungs, from the ground up. Control evicts a node that says it is on one of the last two. */
export const RUNGS: Readonly<Record<RungName, Rung>> = {
  /** Every playlist is fresh, every resource is there. */
  well: { waitMs: 0, deep: false, serving: true },
  /** The smallest part that can be at fault was restarted. */
  restart: { waitMs: 7000, deep: false, serving: true },
  /** It did not help: what is wrong beneath? */
  deep: { waitMs: 0, deep: true, serving: true },
  /** What was found was repaired. */
  repair: { waitMs: 7000, deep: false, serving: true },
  /** The fault is not the node's: it goes on, and begins anew at the end of the wait. */
  outside: { waitMs: 60_000, deep: false, serving: true },
  /** It cannot be repaired here: control was told, and nobody should be sent here. */
  report: { waitMs: 7000, deep: false, serving: false },
  /** Only a new process can help. */
  leave: { waitMs: 0, deep: false, serving: false },
};

/** What can be repaired on the node itself; nobody can set a container's clock from within. */
export const REPAIRABLE: Readonly<Record<Resource, boolean>> = {
  disk: true,
  memory: true,
  descriptors: true,
  clock: false,
};

/** With what the process ends where a new one helps; null where it does not: the disk and the clock outlive it. */
export const EXIT_FOR: Readonly<Record<Resource | Part, ExitCode | null>> = {
  disk: null,
  clock: null,
  memory: EXIT.memory,
  descriptors: EXIT.descriptors,
  programme: EXIT.partStuck,
  slicer: EXIT.partStuck,
  uploader: EXIT.partStuck,
  ingest: EXIT.partStuck,
};
