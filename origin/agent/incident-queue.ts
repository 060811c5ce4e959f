import { randomUUID } from "node:crypto";
import type { IncidentReport } from "../../contracts/fleet.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";

const CAPACITY = 200;
/** As many as one heartbeat takes. */
const PER_HEARTBEAT = 50;
/** Of one kind and station, so that whoever knocks at the door all night fills neither the queue nor the registry. */
const PER_MINUTE = 5;

export type IncidentQueue = {
  add(kind: string, station: string | null, message: string): void;
  /** The oldest ones, to be reported; they stay until `done`. */
  waiting(): IncidentReport[];
  done(reported: readonly IncidentReport[]): void;
  /** How many of each kind there were, those that were withheld included. */
  counts(): ReadonlyMap<string, number>;
};

/** Keeps what control should hear of until it has heard it. Bounded: while control is away, the oldest go. */
export function createIncidentQueue(clock: Clock, log: Log): IncidentQueue {
  let queue: IncidentReport[] = [];
  const counts = new Map<string, number>();
  const floods = new Map<string, { since: number; count: number; withheld: number }>();

  /** How many like it were withheld before this one; null when this one is to be withheld, too. */
  function admit(kind: string, station: string | null): number | null {
    const name = `${kind} ${station}`;
    const now = clock.monotonic();
    const flood = floods.get(name);
    if (flood === undefined || now - flood.since >= 60_000) {
      if (floods.size >= CAPACITY) floods.clear();
      floods.set(name, { since: now, count: 1, withheld: 0 });
      return flood?.withheld ?? 0;
    }
    flood.count++;
    if (flood.count <= PER_MINUTE) return 0;
    flood.withheld++;
    return null;
  }

  return {
    add(kind, station, message) {
      log.warn("incident", { kind, station, detail: message });
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const withheld = admit(kind, station);
      if (withheld === null) return;
      const whole = withheld > 0 ? `${message} (${withheld} more like it before were not reported)` : message;
      queue.push({ id: randomUUID(), at: Math.round(clock.now()), kind, station, message: whole.slice(0, 1000) });
      if (queue.length > CAPACITY) queue = queue.slice(-CAPACITY);
    },
    waiting: () => queue.slice(0, PER_HEARTBEAT),
    done(reported) {
      const ids = new Set(reported.map((incident) => incident.id));
      queue = queue.filter((incident) => !ids.has(incident.id));
    },
    counts: () => counts,
  };
}
