import type { OriginId, StationSlug } from "../../contracts/names.ts";
import { POWERS } from "../health/states.ts";
import type { Origin, Registry, Slicer, Station } from "./registry.ts";

/** What is known of the fleet's life at one moment. */
export type Liveness = {
  /** Origins heard of within the policy's limit, and not about to leave. */
  alive: ReadonlySet<OriginId>;
  /** False while control has not listened for long enough to call a silent origin dead. */
  judging: boolean;
  /** Newest generation that any origin reports to work under. */
  generations: ReadonlyMap<StationSlug, number>;
  /** Studios that are to be replaced if another can be studio, alive or not, and why. */
  lost: ReadonlyMap<StationSlug, { studio: OriginId; reason: string }>;
};

export type StudioChange = {
  station: StationSlug;
  /** The generation that is left; the change is void if the station has another by now. */
  from: number;
  generation: number;
  /** Who was studio until now. */
  left: OriginId | null;
  studio: OriginId | null;
  instance: string | null;
  reason: string;
};

/**
 * Who makes each station's programme. The present studio stays as long as it lives; a station without one gets the
 * living origin that makes the fewest programmes. While none lives, the present studio keeps its name: it may return.
 * The generation rises with each change of studio or of its process, and above all that was ever worked under.
 */
export function assignStudios(registry: Registry, liveness: Liveness): StudioChange[] {
  const candidates = registry.origins.filter((origin) => liveness.alive.has(origin.id) && studioRank(origin) !== null);
  const bestRank = Math.min(...candidates.map((origin) => studioRank(origin) ?? Infinity));
  const kept = new Map<StationSlug, Origin>();
  for (const station of registry.stations) {
    const present = registry.origins.find(({ id }) => id === station.studio);
    const others = candidates.filter(({ id }) => id !== present?.id).length;
    const isLost = liveness.lost.get(station.slug)?.studio === present?.id && others > 0;
    if (present && !isLost && stays(present, bestRank, candidates.length, liveness)) kept.set(station.slug, present);
  }

  const load = new Map<OriginId, number>();
  const take = (origin: Origin) => load.set(origin.id, (load.get(origin.id) ?? 0) + 1);
  for (const origin of kept.values()) take(origin);
  const changes: StudioChange[] = [];
  for (const station of registry.stations) {
    let studio = kept.get(station.slug) ?? null;
    if (!studio) {
      const lost = liveness.lost.get(station.slug)?.studio;
      studio = leastLoaded(candidates, load, lost);
      if (studio) take(studio);
    }
    const change = changeOf(station, studio, liveness);
    if (change) changes.push(change);
  }
  return changes;
}

function studioRank(origin: Origin): number | null {
  return origin.roles.includes("studio") ? POWERS[origin.state].studioRank : null;
}

function stays(present: Origin, bestRank: number, candidates: number, liveness: Liveness): boolean {
  const rank = studioRank(present);
  if (rank === null) return false;
  if (rank === 2 && bestRank < rank) return false;
  return liveness.alive.has(present.id) || !liveness.judging || candidates === 0;
}

/** Anybody rather than the one that is lost. */
function leastLoaded(candidates: Origin[], load: ReadonlyMap<OriginId, number>, lost?: OriginId): Origin | null {
  const order = (one: Origin, other: Origin) =>
    Number(one.id === lost) - Number(other.id === lost) ||
    (studioRank(one) ?? 0) - (studioRank(other) ?? 0) ||
    (load.get(one.id) ?? 0) - (load.get(other.id) ?? 0) ||
    (one.id < other.id ? -1 : 1);
  return candidates.toSorted(order)[0] ?? null;
}

function changeOf(station: Station, studio: Origin | null, liveness: Liveness): StudioChange | null {
  const floor = Math.max(station.generationFloor, liveness.generations.get(station.slug) ?? 0);
  const reason = reasonOf(station, studio, floor, liveness);
  if (reason === null) return null;
  return {
    station: station.slug,
    from: station.generation,
    generation: Math.max(station.generation, floor) + 1,
    left: station.studio,
    studio: studio?.id ?? null,
    instance: studio?.instance ?? null,
    reason,
  };
}

function reasonOf(station: Station, studio: Origin | null, floor: number, liveness: Liveness): string | null {
  if (station.studio !== (studio?.id ?? null)) {
    if (station.studio === null) return "the station had no studio";
    if (!studio) return `${station.studio} may not be studio any more, and nobody else can`;
    const lost = liveness.lost.get(station.slug);
    if (lost?.studio === station.studio) return lost.reason;
    return liveness.alive.has(station.studio)
      ? `${station.studio} may not be studio any more`
      : `${station.studio} is silent`;
  }
  if (!studio) return null;
  if (station.studioInstance !== studio.instance) return `${studio.id} has restarted`;
  if (floor > station.generation) return `an origin has already worked under generation ${floor}`;
  return null;
}

/** Which slicer rows are to come and to go: every origin that serves and has the role slices every station. */
export function assignSlicers(registry: Registry): { added: Slicer[]; removed: Slicer[] } {
  const wanted = new Map<string, Slicer>();
  for (const { slug } of registry.stations) {
    for (const origin of registry.origins) {
      if (!POWERS[origin.state].serves || !origin.roles.includes("slicer")) continue;
      wanted.set(`${slug}/${origin.id}`, { station: slug, origin: origin.id });
    }
  }
  const present = new Set(registry.slicers.map(({ station, origin }) => `${station}/${origin}`));
  return {
    added: [...wanted].filter(([pair]) => !present.has(pair)).map(([, slicer]) => slicer),
    removed: registry.slicers.filter(({ station, origin }) => !wanted.has(`${station}/${origin}`)),
  };
}
