import type { RoutedOrigin, RoutedStation, Routing } from "../../contracts/routing.ts";
import { POWERS } from "../health/states.ts";
import type { Origin, Registry, Station } from "../registry/registry.ts";
import { rampedWeight } from "./ramp.ts";

/** A snapshot but for the number and the time it is published under. */
export type Snapshot = Omit<Routing, "version" | "publishedAt">;

/** When it is built, in Unix ms: weights rise with time, over this many ms. */
export type Moment = { now: number; rampMs: number };

/**
 * What the edge is to obey. Null when that would be nothing at all, no station or no origin that may upload: then
 * what was last published stays. Equal registries give equal snapshots
 * but for weights that rise, down to the order of the names.
 */
export function buildSnapshot(registry: Registry, moment: Moment): Snapshot | null {
  const origins = Object.fromEntries(registry.origins.map((origin) => [origin.id, routedOrigin(origin)]));
  const stations = Object.fromEntries(
    registry.stations.map((station) => [station.slug, routedStation(registry, station, moment)]),
  );
  const uploads = Object.values(origins).some((origin) => origin.tokenHash !== null);
  return uploads && registry.stations.length > 0 ? { schema: 1, origins, stations } : null;
}

function routedOrigin(origin: Origin): RoutedOrigin {
  return { url: origin.url, tokenHash: POWERS[origin.state].serves ? origin.tokenHash : null };
}

function routedStation(registry: Registry, station: Station, { rampMs, now }: Moment): RoutedStation {
  const slices = new Set(
    registry.slicers.filter((slicer) => slicer.station === station.slug).map(({ origin }) => origin),
  );
  const slicing = registry.origins.filter((origin) => slices.has(origin.id));
  const atWork = slicing.filter((origin) => POWERS[origin.state].atWork);
  const routed = atWork.length > 0 ? atWork : slicing.filter((origin) => POWERS[origin.state].routed === "if-alone");
  return {
    name: station.name,
    framesPerSegment: station.framesPerSegment,
    renditions: station.renditions,
    generation: station.generation,
    studio: station.studio,
    delivery: station.delivery,
    ...(station.listedUntil === null ? {} : { listedUntil: station.listedUntil }),
    slicers: routed.map((origin) => ({
      origin: origin.id,
      weight:
        POWERS[origin.state].routed === "by-weight" ? rampedWeight(origin.weight, origin.activeSince, rampMs, now) : 0,
    })),
  };
}
