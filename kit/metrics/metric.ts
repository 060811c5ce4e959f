/** What can be measured, named by the conventions of Prometheus and OpenMetrics: base units, no abbreviations. */
export type MetricType = "gauge" | "counter" | "histogram" | "info";

export type Metric<Label extends string = string> = {
  /** Without the suffix that its type gives it (`_total`, `_info`, `_bucket`). */
  name: string;
  type: MetricType;
  help: string;
  labels: readonly Label[];
};

export type Labels<Label extends string> = Readonly<Record<Label, string>>;

export type Distribution = {
  /** Upper bounds, ascending; beyond the last one lies infinity. */
  bounds: readonly number[];
  /** How many were at most as large as each bound. */
  cumulative: readonly number[];
  count: number;
  sum: number;
};

export type Sample<Label extends string = string> = { labels: Labels<Label>; value: number | Distribution };

/** A metric and what was measured of it now. */
export type Family = { metric: Metric; samples: readonly Sample[] };

export function metric<const Label extends string = never>(
  type: MetricType,
  name: string,
  help: string,
  labels: readonly Label[] = [],
): Metric<Label> {
  return { name, type, help, labels };
}

/** One sample, or none where nothing is known. */
export function sample<Label extends string>(
  labels: Labels<Label>,
  value: number | Distribution | null | undefined,
): Sample<Label>[] {
  return value === null || value === undefined ? [] : [{ labels, value }];
}

export function family<Label extends string>(metric: Metric<Label>, samples: readonly Sample<Label>[]): Family {
  return { metric, samples };
}

/** A metric without labels. */
export function single(metric: Metric<never>, value: number | Distribution | null | undefined): Family {
  return { metric, samples: sample({}, value) };
}

/** 1 for the one of `all` that holds, 0 for the others. */
export function oneOf<Label extends string, Name extends string>(
  all: readonly Name[],
  present: string,
  labelsOf: (name: Name) => Labels<Label>,
): Sample<Label>[] {
  return all.map((name) => ({ labels: labelsOf(name), value: name === present ? 1 : 0 }));
}

/** The names under which samples of a metric are stored, and so asked for. */
export function seriesOf({ name, type }: Pick<Metric, "name" | "type">): string[] {
  if (type === "counter") return [`${name}_total`];
  if (type === "info") return [`${name}_info`];
  return type === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
}
