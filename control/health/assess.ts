import type { OriginId } from "../../contracts/names.ts";
import type { Origin, Registry, Station } from "../registry/registry.ts";
import { type Comparison, compareHoldings, type Holding, lateMs } from "./compare.ts";
import type { Facts } from "./facts.ts";
import type { HealthPolicy } from "./health-policy.ts";
import type { Heard } from "./hearing.ts";
import type { Seen } from "./sight.ts";
import { POWERS } from "./states.ts";

/** What came in of the fleet, before it is made into facts. */
export type Impressions = {
  judging: boolean;
  silentMs(id: OriginId): number;
  heard: readonly Heard[];
  seen: readonly Seen[];
};

export type Assessment = {
  facts: Facts;
  /** For each station in which the origin slices (for all, if in none), the others with fresh audio. */
  covers: OriginId[][];
};

type InStation = Comparison & { lateMs: number | null; peersOnTime: boolean };
type AssessedStation = { withAudio: OriginId[]; origins: Map<OriginId, InStation> };

/** The facts of every origin, out of all that was heard and seen. `now` is Unix ms. */
export function assess(
  registry: Registry,
  impressions: Impressions,
  policy: HealthPolicy,
  now: number,
): Map<OriginId, Assessment> {
  const alive = new Set(
    registry.origins.filter(({ id }) => impressions.silentMs(id) <= policy.deadSilentMs).map(({ id }) => id),
  );
  const stations = registry.stations.map((station) =>
    assessStation(station, registry, impressions, alive, policy, now),
  );
  return new Map(
    registry.origins.map((origin) => {
      const inStations = stations.flatMap(({ origins }) => origins.get(origin.id) ?? []);
      const concerned = stations.filter(({ origins }) => inStations.length === 0 || origins.has(origin.id));
      const covers = concerned.map(({ withAudio }) => withAudio.filter((id) => id !== origin.id));
      return [origin.id, { facts: factsOf(origin, registry, impressions, inStations, covers, policy, now), covers }];
    }),
  );
}

function assessStation(
  station: Station,
  registry: Registry,
  { seen }: Impressions,
  alive: ReadonlySet<OriginId>,
  policy: HealthPolicy,
  now: number,
): AssessedStation {
  const { framesPerSegment } = station;
  const here = registry.origins.flatMap((origin) => {
    const found = seen.find((entry) => entry.station === station.slug && entry.origin === origin.id);
    return found ? [{ origin, found, late: lateness(found, framesPerSegment, policy, now) }] : [];
  });
  const isOnTime = (late: number | null) => late !== null && late <= policy.suspectLateMs;
  const holdings = here.map(
    ({ origin, found }): Holding => ({
      origin: origin.id,
      isAtWork: POWERS[origin.state].atWork,
      since: origin.stateSince,
      segments: found.segments,
    }),
  );
  const compared = compareHoldings(station, holdings, policy, now);
  const onTime = here.filter(({ late }) => isOnTime(late));
  const withSound = onTime.filter(({ found }) => (found.segments[0]?.level.rms ?? -Infinity) > policy.silentDbfs);
  // Silence that all have alike is the programme's: a host may be silent on purpose.
  const isProgrammeSilent = withSound.length === 0 && onTime.length > 1;
  const withAudio = (isProgrammeSilent ? onTime : withSound)
    .map(({ origin }) => origin.id)
    .filter((id) => alive.has(id));
  const origins = new Map<OriginId, InStation>();
  for (const { origin, late } of here) {
    const comparison = compared.get(origin.id);
    const peersOnTime = here.some((other) => other.origin.id !== origin.id && isOnTime(other.late));
    if (comparison) origins.set(origin.id, { ...comparison, lateMs: late, peersOnTime });
  }
  return { withAudio, origins };
}

/** Ms since its next segment was due; what nobody has seen at all was due when the grace was over. */
function lateness(
  { newest, isCurrent, missingMs }: Seen,
  framesPerSegment: number,
  policy: HealthPolicy,
  now: number,
): number | null {
  if (!isCurrent) return null;
  if (newest !== null) return lateMs(newest, framesPerSegment, now);
  const overdueMs = missingMs - policy.graceMs;
  return overdueMs > policy.uploadMs ? overdueMs : null;
}

function factsOf(
  origin: Origin,
  registry: Registry,
  { judging, silentMs, heard }: Impressions,
  inStations: readonly InStation[],
  covers: readonly OriginId[][],
  policy: HealthPolicy,
  now: number,
): Facts {
  const own = heard.find((entry) => entry.origin === origin.id);
  const latest = inStations
    .filter((station) => station.lateMs !== null)
    .toSorted(
      (one, other) => Number(other.peersOnTime) - Number(one.peersOnTime) || (other.lateMs ?? 0) - (one.lateMs ?? 0),
    )[0];
  const most = (value: (station: InStation) => number) => Math.max(0, ...inStations.map(value));
  return {
    judging,
    silentMs: silentMs(origin.id),
    startedMs: now - origin.registeredAt,
    othersHeard: registry.origins.some(({ id }) => id !== origin.id && silentMs(id) <= policy.suspectSilentMs),
    rung: own?.rung ?? null,
    clockOffMs: own?.clockOffMs ?? null,
    lateMs: latest?.lateMs ?? null,
    peersOnTime: latest?.peersOnTime ?? false,
    oddSegments: most((station) => station.oddSegments),
    disputedSegments: most((station) => station.disputedSegments),
    deadAirSegments: most((station) => station.deadAirSegments),
    provenSegments: inStations.length > 0 ? Math.min(...inStations.map((station) => station.provenSegments)) : null,
    othersWithAudio: covers.length > 0 ? Math.min(...covers.map((cover) => cover.length)) : 0,
  };
}
