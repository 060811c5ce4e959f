/** A strict reader of OpenMetrics 1.0.0, for tests: what it does not understand by the letter of the grammar it throws. */

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const METADATA = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN)$/;
const SUFFIXES: Record<string, readonly string[]> = {
  gauge: [""],
  counter: ["_total"],
  info: ["_info"],
  histogram: ["_bucket", "_count", "_sum"],
};

export type ReadSample = { series: string; labels: Record<string, string>; value: number };
export type ReadFamily = { name: string; type: string; unit: string; help: string; samples: ReadSample[] };

/** @throws Error that names the first line which is not OpenMetrics */
export function readOpenMetrics(text: string): Map<string, ReadFamily> {
  const families = new Map<string, ReadFamily>();
  if (!text.endsWith("# EOF\n")) throw new Error("it does not end with # EOF");
  let current = null as ReadFamily | null;
  for (const line of text.slice(0, -"# EOF\n".length).split("\n").slice(0, -1)) {
    const metadata = METADATA.exec(line);
    if (metadata !== null) {
      const [, kind = "", name = "", value = ""] = metadata;
      if (current?.name !== name) {
        if (families.has(name)) throw new Error(`the family ${name} is interrupted`);
        current = { name, type: "", unit: "", help: "", samples: [] };
        families.set(name, current);
      }
      describeFamily(current, kind, value, line);
    } else {
      const read: ReadSample = readSample(line);
      if (current === null) throw new Error(`no metadata before ${line}`);
      takeSample(current, read, line);
    }
  }
  for (const family of families.values()) if (family.type === "histogram") checkHistogram(family);
  return families;
}

function describeFamily(family: ReadFamily, kind: string, value: string, line: string): void {
  const key = kind.toLowerCase() as "type" | "unit" | "help";
  if (family.samples.length > 0 || family[key] !== "") throw new Error(`metadata out of place: ${line}`);
  if (kind === "TYPE" && !Object.hasOwn(SUFFIXES, value)) throw new Error(`an unknown type: ${line}`);
  if (kind === "UNIT" && !family.name.endsWith(`_${value}`)) throw new Error(`a unit that is not in the name: ${line}`);
  family[key] = value;
}

function readSample(line: string): ReadSample {
  const [, series = "", labelText, number = ""] = SAMPLE.exec(line) ?? [];
  if (!NAME.test(series) || !NUMBER.test(number)) throw new Error(`no sample: ${line}`);
  return { series, labels: readLabels(labelText ?? "", line), value: Number(number.replace("Inf", "Infinity")) };
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text);
    if (found === null) throw new Error(`labels that cannot be read: ${line}`);
    const [, name = "", value = ""] = found;
    if (Object.hasOwn(labels, name)) throw new Error(`a label twice: ${line}`);
    labels[name] = value.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
  }
  return labels;
}

function takeSample(family: ReadFamily, read: ReadSample, line: string): void {
  const suffixes = SUFFIXES[family.type] ?? [];
  if (!suffixes.some((suffix) => read.series === family.name + suffix)) throw new Error(`of no family: ${line}`);
  const keyOf = ({ series, labels }: ReadSample) => series + JSON.stringify(Object.entries(labels).toSorted());
  if (family.samples.some((other) => keyOf(other) === keyOf(read))) throw new Error(`twice: ${line}`);
  if (family.type !== "gauge" && !(read.value >= 0)) throw new Error(`counts cannot be negative: ${line}`);
  if (family.type === "info" && read.value !== 1) throw new Error(`an info is 1: ${line}`);
  family.samples.push(read);
}

function checkHistogram({ name, samples }: ReadFamily): void {
  const own = ({ labels: { le: _, ...rest } }: ReadSample) => JSON.stringify(Object.entries(rest).toSorted());
  for (const [point, members] of Map.groupBy(samples, own)) {
    const buckets = members.filter(({ series }) => series === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number((labels.le ?? "NaN").replace("Inf", "Infinity")));
    const count = members.find(({ series }) => series === `${name}_count`)?.value;
    const isRising = buckets.every(
      ({ value }, at) =>
        at === 0 || (value >= (buckets[at - 1]?.value ?? 0) && (bounds[at] ?? 0) > (bounds[at - 1] ?? 0)),
    );
    if (!isRising || bounds.at(-1) !== Number.POSITIVE_INFINITY || buckets.at(-1)?.value !== count) {
      throw new Error(`the histogram ${name} of ${point} is none`);
    }
    const integral = buckets.find(({ labels }) => /^\d+$/.test(labels.le ?? ""));
    if (integral !== undefined) throw new Error(`a bound of ${name} is not written as a float: ${integral.labels.le}`);
  }
}
