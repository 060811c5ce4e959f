import { type Family, type MetricType, type Sample, seriesOf } from "./metric.ts";

export type Format = "openmetrics" | "text";

/** Prometheus' text format 0.0.4, which everything reads, and OpenMetrics 1.0.0. */
export const CONTENT_TYPE: Readonly<Record<Format, string>> = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  text: "text/plain; version=0.0.4; charset=utf-8",
};

/** Units that OpenMetrics says apart from the name that ends with them. */
const UNITS = ["seconds", "bytes", "ratio"];

/** What is measured, as text. A metric of which there is nothing is left out. */
export function renderExposition(families: readonly Family[], format: Format): string {
  const present = families.filter(({ samples }) => samples.length > 0);
  const text = present.map((family) => renderFamily(family, format)).join("");
  return format === "openmetrics" ? `${text}# EOF\n` : text;
}

function renderFamily({ metric, samples }: Family, format: Format): string {
  const { name, type, help } = metric;
  const [series = name] = seriesOf(metric);
  const unit = UNITS.find((each) => name.endsWith(`_${each}`));
  const head =
    format === "openmetrics"
      ? [
          `# TYPE ${name} ${type}`,
          ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
          `# HELP ${name} ${escapeText(help)}`,
        ]
      : [
          `# HELP ${type === "histogram" ? name : series} ${help.replace(/[\\\n]/g, escapeOne)}`,
          `# TYPE ${type === "histogram" ? name : series} ${type === "info" ? "gauge" : type}`,
        ];
  const lines = samples.flatMap((sample) => renderSample(name, type, sample, format));
  return [...head, ...lines, ""].join("\n");
}

function renderSample(name: string, type: MetricType, { labels, value }: Sample, format: Format): string[] {
  if (typeof value === "number")
    return [`${seriesOf({ name, type })[0]}${renderLabels(labels)} ${renderNumber(value)}`];
  const bounds = [...value.bounds, Number.POSITIVE_INFINITY];
  const buckets = bounds.map((bound, index) => {
    const le = renderBound(bound, format);
    return `${name}_bucket${renderLabels({ ...labels, le })} ${value.cumulative[index] ?? value.count}`;
  });
  const own = renderLabels(labels);
  return [...buckets, `${name}_count${own} ${value.count}`, `${name}_sum${own} ${renderNumber(value.sum)}`];
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escapeText(text)}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

/** OpenMetrics has bounds as floats, so that they are the same text everywhere: `1.0`, not `1`. */
function renderBound(bound: number, format: Format): string {
  return format === "openmetrics" && Number.isInteger(bound) ? bound.toFixed(1) : renderNumber(bound);
}

function renderNumber(value: number): string {
  return String(value).replace("Infinity", "Inf").replace(/^Inf/, "+Inf");
}

function escapeText(text: string): string {
  return text.replace(/["\\\n]/g, escapeOne);
}

function escapeOne(character: string): string {
  return character === "\n" ? "\\n" : `\\${character}`;
}

/** By an Accept header (RFC 9110, 12.5.1): OpenMetrics for who prefers it in version 1.0.0, else plain text. */
export function formatFor(accept: string | null | undefined): Format {
  const ranges = (accept ?? "").toLowerCase().split(",", 32).map(parseRange);
  const best = (matches: (range: Range) => boolean) =>
    Math.max(0, ...ranges.filter(matches).map(({ weight }) => weight));
  const openmetrics = best(({ type, version }) => type === OPENMETRICS && (version ?? "1.0.0") === "1.0.0");
  const text = best(({ type }) => ["text/plain", "text/*", "*/*"].includes(type));
  return openmetrics > 0 && openmetrics >= text ? "openmetrics" : "text";
}

const OPENMETRICS = "application/openmetrics-text";

type Range = { type: string; version: string | undefined; weight: number };

function parseRange(range: string): Range {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
  const parameter = (name: string) => parameters.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  const weight = Number(parameter("q") ?? 1);
  return { type, version: parameter("version")?.replaceAll('"', ""), weight: Number.isNaN(weight) ? 0 : weight };
}
