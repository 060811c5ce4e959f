import type { FaultKind } from "./faults.ts";
import type { Listened } from "./listener.ts";

/** What a simulation shows: all of it follows from the seed. */
export type Report = {
  seed: number;
  weeks: number;
  faults: Partial<Record<FaultKind, number>>;
  /** How often control did it. */
  evictions: number;
  readmissions: number;
  failedTrials: number;
  failures: number;
  takeovers: number;
  listenerHours: number;
  /** Of all listeners together: what was not to be heard, what was dead air, what was not the programme. */
  stalledSeconds: number;
  deadAirSeconds: number;
  garbageSeconds: number;
  reelSeconds: number;
  /** Stalls and dead air, in seconds. */
  silencePerListenerHour: number;
  /** What a playlist did that none may do. */
  violations: string[];
};

const HOUR_MS = 3_600_000;

export function sum(all: readonly Listened[]): Listened {
  const total: Listened = { programme: 0, reel: 0, silence: 0, garbage: 0, stalled: 0 };
  for (const each of all) for (const kind of Object.keys(total) as (keyof Listened)[]) total[kind] += each[kind];
  return total;
}

/** The seconds that a report tells of, to a tenth, out of ms. */
export function heardIn(listened: Listened) {
  const { programme, reel, silence, garbage, stalled } = listened;
  const hours = (programme + reel + silence + garbage + stalled) / HOUR_MS;
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  return {
    listenerHours: Math.round(hours * 10) / 10,
    stalledSeconds: seconds(stalled),
    deadAirSeconds: seconds(silence),
    garbageSeconds: seconds(garbage),
    reelSeconds: seconds(reel),
    silencePerListenerHour: hours === 0 ? 0 : Math.round((stalled + silence) / hours) / 1000,
  };
}
