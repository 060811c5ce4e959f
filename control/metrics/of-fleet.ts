import { OriginState } from "../../contracts/fleet.ts";
import { SOURCES } from "../../contracts/programme-item.ts";
import { type Family, family, oneOf, sample, single } from "../../kit/metrics/metric.ts";
import type { FleetMeasures, MeasuredOrigin } from "../health/measure.ts";
import type { MonitorStatus } from "../health/monitor.ts";
import { CONTROL_METRICS as METRICS } from "./catalogue.ts";

/** The fleet as the monitor knows it; only that it does not answer when it does not. */
export function familiesOfFleet(monitor: { status: MonitorStatus; fleet: FleetMeasures } | null): Family[] {
  if (monitor === null) return [single(METRICS.monitorUp, 0)];
  const { status, fleet } = monitor;
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);
  const perOrigin = (value: (origin: MeasuredOrigin) => number | null) =>
    fleet.origins.flatMap((origin) => sample({ origin: origin.id }, value(origin)));
  return [
    single(METRICS.monitorUp, 1),
    single(METRICS.sweepAge, seconds(status.soundSweepAgoMs ?? status.upMs)),
    single(METRICS.cronAge, seconds(status.cronAgoMs)),
    single(METRICS.failing, fleet.failing),
    family(
      METRICS.heartbeatAge,
      perOrigin(({ silentMs }) => silentMs / 1000),
    ),
    family(
      METRICS.state,
      fleet.origins.flatMap(({ id, state }) =>
        oneOf(OriginState.options, state, (name) => ({ origin: id, state: name })),
      ),
    ),
    family(
      METRICS.weight,
      perOrigin(({ weight }) => weight),
    ),
    family(
      METRICS.clockOffset,
      perOrigin(({ clockOffMs }) => seconds(clockOffMs)),
    ),
    family(
      METRICS.diverging,
      fleet.origins.flatMap(({ id, oddSegments, disputedSegments }) => [
        ...sample({ origin: id, verdict: "odd" }, oddSegments),
        ...sample({ origin: id, verdict: "disputed" }, disputedSegments),
      ]),
    ),
    family(
      METRICS.deadAir,
      perOrigin(({ deadAirSegments }) => deadAirSegments),
    ),
    family(
      METRICS.segmentLateness,
      perOrigin(({ lateMs }) => seconds(lateMs)),
    ),
    family(
      METRICS.generation,
      fleet.stations.flatMap(({ slug, generation }) => sample({ station: slug }, generation)),
    ),
    family(
      METRICS.studio,
      fleet.stations.flatMap(({ slug, studio }) =>
        studio === null ? [] : sample({ station: slug, origin: studio }, 1),
      ),
    ),
    family(
      METRICS.source,
      fleet.stations.flatMap(({ slug, source }) =>
        source === null ? [] : oneOf(SOURCES, source, (name) => ({ station: slug, source: name })),
      ),
    ),
    family(
      METRICS.slicers,
      fleet.stations.flatMap(({ slug, slicers }) => sample({ station: slug }, slicers)),
    ),
  ];
}
