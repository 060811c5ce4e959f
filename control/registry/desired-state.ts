import type { DesiredState, DesiredStation, Role } from "../../contracts/fleet.ts";
import type { OriginId } from "../../contracts/names.ts";
import { POWERS } from "../health/states.ts";
import type { Registry, Station } from "./registry.ts";

/**
 * What an origin is to do. It learns of every station, also of those in which it has no role: a host may go live at
 * any origin. One whose state does not let it serve learns of none.
 */
export function desiredState(registry: Registry, id: OriginId, now: number): DesiredState {
  const origin = registry.origins.find((candidate) => candidate.id === id);
  const serves = origin !== undefined && POWERS[origin.state].serves;
  return {
    origin: id,
    now,
    stations: serves ? registry.stations.map((station) => desiredStation(registry, station, id)) : [],
  };
}

function desiredStation(registry: Registry, station: Station, id: OriginId): DesiredStation {
  const studio = registry.origins.find((origin) => origin.id === station.studio);
  const roles: Role[] = [];
  if (station.studio === id) roles.push("studio");
  if (registry.slicers.some((slicer) => slicer.station === station.slug && slicer.origin === id)) roles.push("slicer");
  return {
    slug: station.slug,
    name: station.name,
    framesPerSegment: station.framesPerSegment,
    renditions: station.renditions,
    generation: station.generation,
    roles,
    studio: studio ? { origin: studio.id, url: studio.url } : null,
    livePolicy: station.livePolicy,
    liveAllowed: station.liveAllowed,
    liveSilenceSeconds: station.liveSilenceSeconds,
    keys: registry.keys
      .filter((key) => key.station === station.slug)
      .map(({ id, name, sha256 }) => ({ id, name, sha256 })),
    feedSecret: station.feedSecret,
  };
}
