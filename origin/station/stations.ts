import type { DesiredState, DesiredStation, StationReport } from "../../contracts/fleet.ts";
import { describe, type Log } from "../../kit/log.ts";
import { type Station, type StationOptions, startStation } from "./station.ts";

export type Stations = {
  /** Starts, changes and stops stations until they are what control desires. */
  apply(desired: DesiredState): void;
  get(slug: string): Station | null;
  all(): Station[];
  report(): StationReport[];
  /** Ends them all; what is sliced has `drainMs` to be uploaded. */
  stop(drainMs?: number): Promise<void>;
};

/** All stations that this origin works for. */
export function createStations(common: Omit<StationOptions, "desired">, log: Log): Stations {
  const running = new Map<string, Station>();
  const leaving = new Map<string, Promise<void>>();

  function leave(slug: string, drainMs = 0): void {
    const station = running.get(slug);
    if (station === undefined) return;
    running.delete(slug);
    const left = station
      .stop(drainMs)
      .catch((thrown) => log.error("a station did not stop cleanly", { station: slug, error: describe(thrown) }));
    leaving.set(
      slug,
      left.finally(() => leaving.delete(slug)),
    );
  }

  return {
    apply(desired) {
      const wanted = new Set(desired.stations.map((station) => station.slug));
      for (const slug of running.keys()) if (!wanted.has(slug)) leave(slug);
      for (const next of desired.stations) {
        const present = running.get(next.slug);
        if (present !== undefined && sameShape(present.desired, next)) {
          present.become(next);
          continue;
        }
        leave(next.slug);
        // Two of one name would share encoders' paths and keys: the new one starts with a later heartbeat.
        if (!leaving.has(next.slug)) running.set(next.slug, startStation({ ...common, desired: next }));
      }
    },
    get: (slug) => running.get(slug) ?? null,
    all: () => [...running.values()],
    report: () => [...running.values()].map((station) => station.report()),
    async stop(drainMs) {
      for (const slug of [...running.keys()]) leave(slug, drainMs);
      await Promise.all(leaving.values());
    },
  };
}

/** Segment length and renditions are cast into numbers, encoders and stores: a change of them is a new station. */
function sameShape(one: DesiredStation, other: DesiredStation): boolean {
  return one.framesPerSegment === other.framesPerSegment && one.renditions.join() === other.renditions.join();
}
