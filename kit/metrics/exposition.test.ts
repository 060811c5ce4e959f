import { describe, expect, it } from "vitest";
import { formatFor, renderExposition } from "./exposition.ts";
import { Histogram } from "./histogram.ts";
import { family, metric, sample, single } from "./metric.ts";
import { readOpenMetrics } from "./test-openmetrics.ts";

const LATENCY = metric("histogram", "radio_upload_duration_seconds", "How long uploads take.", ["station"]);
const SENT = metric("counter", "radio_sent", 'What "was" sent:\nall of it.', ["station", "kind"]);
const BUILD = metric("info", "radio_build", "What runs.", ["version"]);
const HEAT = metric("gauge", "radio_heat_ratio", "How hot.");
const UNKNOWN = metric("gauge", "radio_unknown", "Nobody knows.", ["station"]);

function everything() {
  const latency = new Histogram([0.25, 1]);
  for (const seconds of [0.1, 0.25, 0.3, 7]) latency.observe(seconds);
  return [
    family(LATENCY, sample({ station: "demo" }, latency.distribution())),
    family(SENT, [...sample({ station: 'a"\\b\n', kind: "x" }, 3), ...sample({ station: "b", kind: "x" }, null)]),
    family(BUILD, sample({ version: "1.0" }, 1)),
    single(HEAT, 0.5),
    family(UNKNOWN, []),
  ];
}

describe("an exposition", () => {
  it("is OpenMetrics by the letter", () => {
    const families = readOpenMetrics(renderExposition(everything(), "openmetrics"));
    expect([...families.keys()]).toEqual([
      "radio_upload_duration_seconds",
      "radio_sent",
      "radio_build",
      "radio_heat_ratio",
    ]);
    expect(families.get("radio_sent")?.samples).toEqual([
      { series: "radio_sent_total", labels: { station: 'a"\\b\n', kind: "x" }, value: 3 },
    ]);
    expect(families.get("radio_upload_duration_seconds")).toMatchObject({ type: "histogram", unit: "seconds" });
    const values = families.get("radio_upload_duration_seconds")?.samples.map(({ value }) => value);
    expect(values).toEqual([2, 3, 4, 4, expect.closeTo(7.65)]);
  });

  it("is plain text, whose counters and infos bear their suffix in the head too", () => {
    expect(renderExposition(everything(), "text")).toBe(
      `# HELP radio_upload_duration_seconds How long uploads take.
# TYPE radio_upload_duration_seconds histogram
radio_upload_duration_seconds_bucket{station="demo",le="0.25"} 2
radio_upload_duration_seconds_bucket{station="demo",le="1"} 3
radio_upload_duration_seconds_bucket{station="demo",le="+Inf"} 4
radio_upload_duration_seconds_count{station="demo"} 4
radio_upload_duration_seconds_sum{station="demo"} 7.65
# HELP radio_sent_total What "was" sent:\\nall of it.
# TYPE radio_sent_total counter
radio_sent_total{station="a\\"\\\\b\\n",kind="x"} 3
# HELP radio_build_info What runs.
# TYPE radio_build_info gauge
radio_build_info{version="1.0"} 1
# HELP radio_heat_ratio How hot.
# TYPE radio_heat_ratio gauge
radio_heat_ratio 0.5
`,
    );
  });
});

describe("the strict reader", () => {
  it.each([
    ["no end", "# TYPE a gauge\na 1\n"],
    ["a counter without its suffix", "# TYPE a counter\na 1\n# EOF\n"],
    ["a sample twice", "# TYPE a gauge\na 1\na 2\n# EOF\n"],
    ["an interrupted family", "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# HELP a x\n# EOF\n"],
    ["a foreign unit", "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n"],
    ["an unescaped quote", '# TYPE a gauge\na{b="c"d"} 1\n# EOF\n'],
    ["a histogram without infinity", '# TYPE a histogram\na_bucket{le="1.0"} 1\na_count 1\na_sum 1\n# EOF\n'],
    [
      "a bound that is no float",
      '# TYPE a histogram\na_bucket{le="1"} 1\na_bucket{le="+Inf"} 1\na_count 1\na_sum 1\n# EOF\n',
    ],
    [
      "a falling histogram",
      '# TYPE a histogram\na_bucket{le="1.0"} 2\na_bucket{le="+Inf"} 1\na_count 1\na_sum 1\n# EOF\n',
    ],
  ])("refuses %s", (_, text) => {
    expect(() => readOpenMetrics(text)).toThrow();
  });
});

describe("the format", () => {
  const PROMETHEUS =
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4," +
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
  it.each([
    [PROMETHEUS, "openmetrics"],
    ["application/openmetrics-text", "openmetrics"],
    ['Application/OpenMetrics-Text; version="1.0.0"', "openmetrics"],
    ["application/openmetrics-text;version=1.0.0;q=0.1,text/plain;q=0.9", "text"],
    ["application/openmetrics-text;version=0.0.1", "text"],
    ["application/openmetrics-text;version=1.0.0;q=0", "text"],
    ["application/openmetrics-text;q=nonsense", "text"],
    ["text/html,*/*", "text"],
    [",;=,", "text"],
    [undefined, "text"],
  ])("for %s is %s", (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});
