import { CONTROL_METRICS } from "../../control/metrics/catalogue.ts";
import { type Metric, seriesOf } from "../../kit/metrics/metric.ts";
import { ORIGIN_METRICS } from "../../origin/metrics/catalogue.ts";

/** What may be asked of a series: by which labels, and whether it only ever rises. */
export type Series = { labels: ReadonlySet<string>; rises: boolean };

/** Labels that Prometheus itself gives to whatever it reads. */
const OF_PROMETHEUS = ["job", "instance"];

/** Every series that origins and control export, by the code that exports it, and the one that Prometheus makes. */
export function knownSeries(): Map<string, Series> {
  const all: Metric[] = [...Object.values(ORIGIN_METRICS), ...Object.values(CONTROL_METRICS)];
  const known = all.flatMap((metric) =>
    seriesOf(metric).map((name): [string, Series] => {
      const labels = [...metric.labels, ...OF_PROMETHEUS, ...(name.endsWith("_bucket") ? ["le"] : [])];
      return [name, { labels: new Set(labels), rises: metric.type === "counter" || metric.type === "histogram" }];
    }),
  );
  return new Map([...known, ["up", { labels: new Set(OF_PROMETHEUS), rises: false }]]);
}
