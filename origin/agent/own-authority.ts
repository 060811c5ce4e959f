import type { DesiredState } from "../../contracts/fleet.ts";
import type { StationSlug } from "../../contracts/names.ts";

/**
 * What a node that starts while control is away may do of what it was told last: all of it; but a programme that it
 * makes anew differs from the one it made before, so it counts as the next generation. Where a newer generation than it
 * was told of is published already, another studio was named, and this one is none any more.
 */
export function onOwnAuthority(
  desired: DesiredState,
  published: ReadonlyMap<StationSlug, number | null>,
): { desired: DesiredState; generations: Record<StationSlug, number> } {
  const generations: Record<StationSlug, number> = {};
  const stations = desired.stations.map((station) => {
    if (station.studio?.origin !== desired.origin) return station;
    const newest = published.get(station.slug) ?? 0;
    if (newest > station.generation) return { ...station, generation: newest, studio: null };
    generations[station.slug] = station.generation + 1;
    return { ...station, generation: station.generation + 1 };
  });
  return { desired: { ...desired, stations }, generations };
}
