import type { StationReport } from "../../contracts/fleet.ts";
import { SOURCES } from "../../contracts/programme-item.ts";
import { RelayState } from "../../contracts/relay.ts";
import { SAMPLE_RATE, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { type Family, family, oneOf, type Sample, sample } from "../../kit/metrics/metric.ts";
import type { StationFigures } from "../station/figures.ts";
import { ORIGIN_METRICS as METRICS } from "./catalogue.ts";

/** What there is to tell of one station: what control hears of it too, and what only its parts know. */
export type MeasuredStation = { report: StationReport; figures: StationFigures };

export function familiesOfStations(stations: readonly MeasuredStation[]): Family[] {
  const per = (value: (station: MeasuredStation) => number | null | undefined): Sample<"station">[] =>
    stations.flatMap((each) => sample({ station: each.report.slug }, value(each)));
  const each = <Label extends string>(samples: (figures: StationFigures, station: string) => Sample<Label>[]) =>
    stations.flatMap(({ report, figures }) => samples(figures, report.slug));
  return [
    ...familiesOfProgramme(stations, per, each),
    ...familiesOfSegments(per, each),
    family(
      METRICS.planVersion,
      per(({ figures }) => figures.plan?.version),
    ),
    family(
      METRICS.planPublished,
      per(({ figures }) => figures.plan && figures.plan.publishedAt / 1000),
    ),
  ];
}

type Per = (value: (station: MeasuredStation) => number | null | undefined) => Sample<"station">[];
type Each = <Label extends string>(
  samples: (figures: StationFigures, station: string) => Sample<Label>[],
) => Sample<Label>[];

function familiesOfProgramme(stations: readonly MeasuredStation[], per: Per, each: Each): Family[] {
  const ofRendition = (record: (figures: StationFigures) => Record<string, number>, scale = 1) =>
    each((figures, station) =>
      Object.entries(record(figures)).flatMap(([rendition, value]) => sample({ station, rendition }, value * scale)),
    );
  const relays = stations.flatMap(({ report }) =>
    (report.relays ?? []).map((relay) => ({ ...relay, labels: { station: report.slug, relay: relay.id } })),
  );
  return [
    family(
      METRICS.frames,
      ofRendition(({ slicing }) => mapValues(slicing, ({ frames }) => frames)),
    ),
    family(
      METRICS.silence,
      per(({ report }) => (report.heardMs == null ? null : report.heardMs / 1000)),
    ),
    family(
      METRICS.lateness,
      per(({ figures }) => figures.programme && figures.programme.latenessMs / 1000),
    ),
    family(
      METRICS.source,
      stations.flatMap(({ report: { slug, source } }) =>
        source === null ? [] : oneOf(SOURCES, source, (name) => ({ station: slug, source: name })),
      ),
    ),
    family(
      METRICS.generation,
      per(({ report }) => report.generation),
    ),
    family(
      METRICS.isStudio,
      per(({ figures }) => (figures.programme === null ? 0 : 1)),
    ),
    family(
      METRICS.encoderLag,
      ofRendition(({ programme }) => programme?.encoderLag ?? {}, SAMPLES_PER_FRAME / SAMPLE_RATE),
    ),
    family(
      METRICS.encoderRestarts,
      ofRendition(({ programme }) => programme?.encoderRestarts ?? {}),
    ),
    family(
      METRICS.liveHosts,
      per(({ report }) => (report.live === null ? 0 : 1)),
    ),
    family(
      METRICS.liveBuffer,
      per(({ figures: { programme } }) => (programme?.liveBufferMs == null ? null : programme.liveBufferMs / 1000)),
    ),
    family(
      METRICS.relayState,
      relays.flatMap(({ state, labels }) => oneOf(RelayState.options, state, (name) => ({ ...labels, state: name }))),
    ),
    family(
      METRICS.relayUptime,
      relays.flatMap(({ labels, uptime }) => sample(labels, uptime)),
    ),
    family(
      METRICS.relaySilence,
      relays.flatMap(({ labels, silence }) => sample(labels, silence)),
    ),
  ];
}

function familiesOfSegments(per: Per, each: Each): Family[] {
  const counted = (what: "segments" | "lost") =>
    each(({ slicing }, station) =>
      [...slicing].flatMap(([rendition, count]) => sample({ station, rendition }, count[what])),
    );
  const ages = each(({ slicedMs, publishedMs }, station) =>
    Object.entries({ sliced: slicedMs, published: publishedMs }).flatMap(([stage, ms]) =>
      sample({ station, stage }, ms === null ? null : ms / 1000),
    ),
  );
  return [
    family(METRICS.segmentsSliced, counted("segments")),
    family(METRICS.segmentsLost, counted("lost")),
    family(
      METRICS.segmentsUploaded,
      per(({ figures }) => figures.upload.uploaded),
    ),
    family(
      METRICS.segmentsDropped,
      per(({ figures }) => figures.upload.dropped),
    ),
    family(
      METRICS.segmentsRefused,
      per(({ figures }) => figures.upload.refused),
    ),
    family(METRICS.segmentAge, ages),
    family(
      METRICS.uploadQueue,
      per(({ report }) => report.queued),
    ),
    family(
      METRICS.uploadSeconds,
      each(({ upload }, station) =>
        Object.entries(upload.seconds).flatMap(([what, seconds]) => sample({ station, what }, seconds)),
      ),
    ),
    family(
      METRICS.uploadFailures,
      each(({ upload }, station) =>
        Object.entries(upload.failures).flatMap(([kind, count]) => sample({ station, kind }, count)),
      ),
    ),
  ];
}

function mapValues<Value>(map: ReadonlyMap<string, Value>, take: (value: Value) => number): Record<string, number> {
  return Object.fromEntries([...map].map(([key, value]) => [key, take(value)]));
}
