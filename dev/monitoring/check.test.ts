import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { CONTROL_METRICS } from "../../control/metrics/catalogue.ts";
import { ORIGIN_METRICS } from "../../origin/metrics/catalogue.ts";
import { ROOT } from "../settings.ts";
import { type Dashboard, dashboardProblems, monitoringProblems, type Rule, rulesProblems } from "./check.ts";
import { queryProblems } from "./query.ts";
import { knownSeries } from "./series.ts";

const known = knownSeries();
const RUNBOOK = "docs/runbooks/clock-off.md";
const rule: Rule = {
  alert: "RadioClockOff",
  expr: "radiodream_origin_clock_offset_seconds > 1",
  labels: { severity: "warning" },
  annotations: { summary: "x", runbook_url: RUNBOOK },
};
const runbook = (path: string) => (path === RUNBOOK ? "# x\n\nSeverity: warning.\n" : null);

describe("what is committed", () => {
  it("asks for nothing that nobody exports, and each rule has its page", async () => {
    expect(await monitoringProblems(ROOT)).toEqual([]);
  });

  describe.runIf(spawnSync("promtool", ["--version"]).status === 0)("by promtool", () => {
    it.each([
      ["pleases it", ["check", "rules", "docs/monitoring/alert-rules.yaml"]],
      ["raises what it should, and nothing else", ["test", "rules", "dev/monitoring/alert-rules.promtool.yaml"]],
    ])("%s", (_, command) => {
      const { status, stdout, stderr } = spawnSync("promtool", command, { encoding: "utf8", cwd: ROOT });
      expect(status, stdout + stderr).toBe(0);
    });
  });
});

describe("a query", () => {
  it.each([
    "sum by (station, le) (rate(radiodream_upload_duration_seconds_bucket[$__rate_interval]))",
    'radiodream_station_source{source="slate", station=~"$station"} == 1',
    'up{job="radio-dream-origin"} == 0 or absent(radiodream_build_info{part="control"})',
  ])("%s is fine", (query) => {
    expect(queryProblems(query, known)).toEqual([]);
  });

  it.each([
    ["sum(radiodream_programme_frames_total", "it is no PromQL"],
    ["radiodream_programme_frames", "nobody exports radiodream_programme_frames"],
    ['{job="x"}', "nobody exports a series without a name"],
    ['radiodream_station_slicers{origin="a"}', "radiodream_station_slicers has no label origin"],
    ["sum by (origin) (radiodream_station_slicers)", "nothing in it has the label origin"],
    ["rate(radiodream_station_slicers[5m])", "rate of radiodream_station_slicers, which is no counter"],
    ["radiodream_upload_duration_seconds > 1", "nobody exports radiodream_upload_duration_seconds"],
  ])("%s is not", (query, problem) => {
    expect(queryProblems(query, known).join("\n")).toContain(problem);
  });
});

describe("a rule", () => {
  it("is found wanting when its page is not there, says another severity, or another has its name", () => {
    const annotations = { ...rule.annotations, runbook_url: "docs/runbooks/none.md" };
    expect(rulesProblems([{ ...rule, annotations }], known, runbook)).toEqual([
      "the rule RadioClockOff: its runbook docs/runbooks/none.md is not there",
    ]);
    expect(rulesProblems([{ ...rule, labels: { severity: "critical" } }], known, runbook)).toHaveLength(1);
    expect(rulesProblems([rule, rule], known, runbook)).toEqual(["the rule RadioClockOff: there are two of this name"]);
    expect(rulesProblems([rule], known, runbook)).toEqual([]);
  });
});

describe("a dashboard", () => {
  it("is found wanting when panels have one id, ask for nothing, or for what is not there", () => {
    const gridPos = { x: 0, y: 0, w: 8, h: 8 };
    const dashboard: Dashboard = {
      uid: "x",
      panels: [
        { id: 1, title: "a", type: "stat", gridPos },
        { id: 1, title: "b", type: "stat", gridPos, targets: [{ refId: "A", expr: "nothing_known" }] },
      ],
      annotations: { list: [] },
      templating: { list: [{ name: "origin", definition: "label_values(radiodream_station_slicers, origin)" }] },
    };
    expect(dashboardProblems(dashboard, known)).toEqual([
      "two panels have the id 1",
      'the panel "a": it asks for nothing',
      'the panel "b": nobody exports nothing_known',
      "the dashboard: a variable asks for origin of radiodream_station_slicers",
    ]);
  });
});

describe("the two catalogues", () => {
  it("say the same of what both export, in names by the conventions", () => {
    const all = [...Object.values(ORIGIN_METRICS), ...Object.values(CONTROL_METRICS)];
    for (const { name, labels, type } of all) {
      expect(name).toMatch(/^(?:radiodream|process|nodejs)(?:_[a-z]+)+$/);
      expect(name).not.toMatch(/_(?:total|count|sum|bucket|info|ms|milliseconds|kilobytes|percent)$/);
      const namesakes = all.filter((other) => other.name === name);
      for (const other of namesakes) expect([other.type, other.labels]).toEqual([type, labels]);
    }
  });
});
