import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { queryProblems } from "./query.ts";
import { knownSeries, type Series } from "./series.ts";

const Rule = z.strictObject({
  alert: z.string().regex(/^Radio(?:[A-Z][a-z]+)+$/),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+[smh]$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(["critical", "warning"]) }),
  annotations: z.strictObject({
    summary: z.string().min(1),
    runbook_url: z.string().regex(/^docs\/runbooks\/[a-z-]+\.md$/),
  }),
});
export type Rule = z.infer<typeof Rule>;

const Rules = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Rule).min(1) })) });

const Panel = z.object({
  id: z.int(),
  title: z.string().min(1),
  type: z.string(),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }).refine(({ x, w }) => x + w <= 24),
  targets: z.array(z.object({ refId: z.string(), expr: z.string() })).optional(),
});

const Dashboard = z.object({
  uid: z.string().min(1),
  panels: z.array(Panel).min(1),
  annotations: z.object({ list: z.array(z.object({ expr: z.string() })) }),
  templating: z.object({ list: z.array(z.object({ name: z.string(), definition: z.string().optional() })) }),
});
export type Dashboard = z.infer<typeof Dashboard>;

/** What docs/monitoring/ asks for and nobody exports, and rules that lead nowhere: one sentence each. */
export async function monitoringProblems(root: string): Promise<string[]> {
  const read = (name: string) => readFile(join(root, "docs/monitoring", name), "utf8");
  const { groups } = Rules.parse(parse(await read("alert-rules.yaml")));
  const rules = groups.flatMap((group) => group.rules);
  const dashboard = Dashboard.parse(JSON.parse(await read("dashboard.json")));
  const known = knownSeries();
  const pages = rules.map(({ annotations }) => join(root, annotations.runbook_url)).filter(existsSync);
  const runbooks = new Map(await Promise.all(pages.map(async (page) => [page, await readFile(page, "utf8")] as const)));
  return [
    ...rulesProblems(rules, known, (path) => runbooks.get(join(root, path)) ?? null),
    ...dashboardProblems(dashboard, known),
  ];
}

/** `runbook`: the text of a page; null where there is none. */
export function rulesProblems(
  rules: readonly Rule[],
  known: ReadonlyMap<string, Series>,
  runbook: (path: string) => string | null,
): string[] {
  const named = rules.map(({ alert }) => alert);
  return rules.flatMap(({ alert, expr, labels, annotations }, index) => {
    const page = runbook(annotations.runbook_url);
    const says = /^Severity: (?:critical|warning)\.$/m;
    return [
      ...queryProblems(expr, known),
      ...(named.indexOf(alert) === index ? [] : ["there are two of this name"]),
      ...(page === null ? [`its runbook ${annotations.runbook_url} is not there`] : []),
      ...(page !== null && !says.test(page) ? [`its runbook says no severity`] : []),
      ...(page?.includes("Severity: warning.") && labels.severity === "critical"
        ? ["it is critical, and its runbook is not"]
        : []),
    ].map((problem) => `the rule ${alert}: ${problem}`);
  });
}

export function dashboardProblems(
  { panels, annotations, templating }: Dashboard,
  known: ReadonlyMap<string, Series>,
): string[] {
  const ids = panels.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two panels have the id ${id}`);
  const ofPanels = panels.flatMap(({ title, type, targets = [] }) => {
    const empty = type !== "row" && targets.length === 0 ? ["it asks for nothing"] : [];
    const problems = [...empty, ...targets.flatMap(({ expr }) => queryProblems(expr, known))];
    return problems.map((problem) => `the panel "${title}": ${problem}`);
  });
  const ofMarks = annotations.list.flatMap(({ expr }) => queryProblems(expr, known));
  const ofVariables = templating.list.flatMap(({ definition }) => {
    const [, name, label] = /^label_values\((\w+), (\w+)\)$/.exec(definition ?? "") ?? [];
    if (name === undefined || label === undefined || known.get(name)?.labels.has(label)) return [];
    return [`a variable asks for ${label} of ${name}`];
  });
  return [...twice, ...ofPanels, ...[...ofMarks, ...ofVariables].map((problem) => `the dashboard: ${problem}`)];
}
