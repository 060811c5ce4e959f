import type { Incident } from "../health/incident.ts";
import { type Fault, faultKey } from "./fault.ts";
import type { AlertKind } from "./kinds.ts";
import { ALERTING } from "./policy.ts";

const MINUTE = 60_000;

type Rule =
  /** `everywhere`: wherever it happens, it is one fault. */
  { begins: AlertKind; lastsMs: number; everywhere?: true } | { ends: AlertKind };

/** Incidents that somebody should know of now: what they begin, for how long unless they come again, and what they end. */
const RULES: Readonly<Record<string, Rule>> = {
  "source-silent": { begins: "source-silent", lastsMs: 60 * MINUTE },
  "source-heard": { ends: "source-silent" },
  "source-gone": { ends: "source-silent" },
  "eviction-step-failed": { begins: "eviction-unfinished", lastsMs: 60 * MINUTE },
  "origin-proven": { ends: "eviction-unfinished" },
  "eviction-held": { begins: "eviction-held", lastsMs: 15 * MINUTE, everywhere: true },
  "upgrade-halted": { begins: "upgrade-halted", lastsMs: 24 * 60 * MINUTE, everywhere: true },
  "upgrade-resumed": { ends: "upgrade-halted" },
  "upgrade-cancelled": { ends: "upgrade-halted" },
  "upgrade-rolled-back": { ends: "upgrade-halted" },
};

/** A change that an incident tells of. */
export type ToldFault = { key: string; at: number } & ({ fault: Fault; endsAt: number } | { fault: null });

/** What incidents, oldest first, begin and end; the last word on each fault alone. Old news is none. */
export function toldFaults(incidents: readonly Incident[], now: number): ToldFault[] {
  const told = new Map<string, ToldFault>();
  for (const incident of incidents) {
    const change = toldBy(incident, now);
    if (!change) continue;
    told.delete(change.key);
    told.set(change.key, change);
  }
  return [...told.values()];
}

function toldBy({ kind, at, station, origin, message }: Incident, now: number): ToldFault | null {
  const rule = Object.hasOwn(RULES, kind) ? RULES[kind] : undefined;
  if (!rule || at < now - ALERTING.incidentFreshMs) return null;
  const isEverywhere = "begins" in rule && rule.everywhere === true;
  const place = isEverywhere ? { station: null, origin: null } : { station, origin: station === null ? origin : null };
  const fault: Fault = {
    kind: "begins" in rule ? rule.begins : rule.ends,
    ...place,
    what: isEverywhere && origin !== null ? `${origin}: ${message}` : message,
  };
  const key = faultKey(fault);
  return "begins" in rule ? { key, at, fault, endsAt: now + rule.lastsMs } : { key, at, fault: null };
}
