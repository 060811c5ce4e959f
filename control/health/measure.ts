import type { OriginState } from "../../contracts/fleet.ts";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Source } from "../../contracts/source.ts";
import type { Registry } from "../registry/registry.ts";
import type { Assessment } from "./assess.ts";
import type { Facts } from "./facts.ts";
import type { Heard } from "./hearing.ts";

export type MeasuredOrigin = { id: OriginId; state: OriginState; weight: number } & Pick<
  Facts,
  "silentMs" | "clockOffMs" | "oddSegments" | "disputedSegments" | "deadAirSegments" | "lateMs"
>;

export type MeasuredStation = {
  slug: StationSlug;
  generation: number;
  studio: OriginId | null;
  /** By the studio's word; null where it has not said. */
  source: Source | null;
  /** How many living origins slice it. */
  slicers: number;
};

/** The fleet in figures. */
export type FleetMeasures = { origins: MeasuredOrigin[]; stations: MeasuredStation[]; failing: number };

export function measureFleet(
  { origins, stations, slicers }: Pick<Registry, "origins" | "stations" | "slicers">,
  known: {
    assessments: ReadonlyMap<OriginId, Assessment>;
    heard: readonly Heard[];
    alive: ReadonlySet<OriginId>;
    failing: readonly string[];
  },
): FleetMeasures {
  return {
    origins: origins.flatMap(({ id, state, weight }) => {
      const facts = known.assessments.get(id)?.facts;
      if (!facts) return [];
      const { silentMs, clockOffMs, oddSegments, disputedSegments, deadAirSegments, lateMs } = facts;
      return [{ id, state, weight, silentMs, clockOffMs, oddSegments, disputedSegments, deadAirSegments, lateMs }];
    }),
    stations: stations.map(({ slug, generation, studio }) => {
      const said = known.heard.find(({ origin }) => origin === studio)?.stations.find((report) => report.slug === slug);
      const living = slicers.filter(({ station, origin }) => station === slug && known.alive.has(origin));
      return { slug, generation, studio, source: said?.source ?? null, slicers: living.length };
    }),
    failing: known.failing.length,
  };
}
