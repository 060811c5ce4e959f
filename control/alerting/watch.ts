import { type Fault, faultKey } from "./fault.ts";
import { ALERT_KINDS } from "./kinds.ts";
import { ALERTING } from "./policy.ts";

/** A fault under watch: since when, and when it was last there. */
export type Watched = { fault: Fault; since: number; seenAt: number };
export type Watch = ReadonlyMap<string, Watched>;

/**
 * The watch after a look at the fleet. A fault keeps its beginning, and is dropped only when it has been gone for
 * `clearMs`: one that comes and goes is one.
 */
export function watchFaults(watch: Watch, faults: readonly Fault[], now: number): Watch {
  const kept = [...watch].filter(([, { seenAt }]) => now - seenAt < ALERTING.clearMs);
  const next = new Map(kept);
  for (const fault of faults) {
    const key = faultKey(fault);
    next.set(key, { fault, since: next.get(key)?.since ?? now, seenAt: now });
  }
  return next;
}

/** The faults that are there now and have lasted as long as their kind must before anybody is told. */
export function ripeFaults(watch: Watch, now: number): (Watched & { key: string })[] {
  return [...watch]
    .filter(([, { fault, since, seenAt }]) => seenAt === now && now - since >= ALERT_KINDS[fault.kind].afterMs)
    .map(([key, watched]) => ({ key, ...watched }));
}
