import type { Clock } from "../../kit/clock.ts";

export type Incident = { kind: string; message: string };

const PAUSE_MS = 60_000;

/** Lets an incident of one cause through once a minute, so that a fault that repeats does not flood its readers. */
export function createIncidentGate(clock: Clock, report: (incident: Incident) => void) {
  const last = new Map<string, number>();
  return (incident: Incident, cause: string = incident.kind) => {
    const now = clock.monotonic();
    for (const [known, at] of last) if (now - at >= PAUSE_MS) last.delete(known);
    if (last.has(cause)) return;
    last.set(cause, now);
    report(incident);
  };
}
