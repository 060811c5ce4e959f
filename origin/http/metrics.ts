import type { StationReport } from "../../contracts/fleet.ts";
import { SOURCES } from "../../contracts/programme-item.ts";
import { RUNGS, type RungName } from "../agent/rungs.ts";

type Sample = { labels: Record<string, string>; value: number };

/** The node's figures as Prometheus text; the labels are stations, sources and rungs, so their number is bounded. */
export function renderMetrics(reports: readonly StationReport[], rung: RungName, residentBytes: number): string {
  const perStation = (value: (report: StationReport) => number | null): Sample[] =>
    reports.flatMap((report) => {
      const sample = value(report);
      return sample === null ? [] : [{ labels: { station: report.slug }, value: sample }];
    });
  return [
    family(
      "radiodream_segment_sliced",
      "gauge",
      "Newest segment sliced here.",
      perStation((report) => report.sliced),
    ),
    family(
      "radiodream_segment_published",
      "gauge",
      "Newest segment uploaded from here.",
      perStation((report) => report.published),
    ),
    family(
      "radiodream_upload_queue_segments",
      "gauge",
      "Segments that wait for upload.",
      perStation((report) => report.queued),
    ),
    family(
      "radiodream_generation",
      "gauge",
      "Generation of the station's studio.",
      perStation((report) => report.generation),
    ),
    family(
      "radiodream_source_on_air",
      "gauge",
      "1 for the source that feeds the programme, where this origin is the studio.",
      reports.flatMap((report) =>
        report.source === null
          ? []
          : SOURCES.map((source) => ({
              labels: { station: report.slug, source },
              value: report.source === source ? 1 : 0,
            })),
      ),
    ),
    family(
      "radiodream_programme_silent_seconds",
      "gauge",
      "Time since a frame of the programme was heard here.",
      perStation(({ heardMs }) => (heardMs == null ? null : heardMs / 1000)),
    ),
    family(
      "radiodream_ladder_rung",
      "gauge",
      "1 for the rung of the ladder on which the node stands.",
      Object.keys(RUNGS).map((name) => ({ labels: { rung: name }, value: name === rung ? 1 : 0 })),
    ),
    family("process_resident_memory_bytes", "gauge", "Resident memory of the node process.", [
      { labels: {}, value: residentBytes },
    ]),
  ].join("");
}

function family(name: string, type: "gauge" | "counter", help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text.replace(/["\\\n]/g, "\\$&")}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
