import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import type { Series } from "./series.ts";

/** Of these only what rises makes sense. */
const OF_COUNTERS = new Set(["rate", "irate", "increase"]);

/** What is wrong with a PromQL expression: that it is none, or asks for what nobody exports. */
export function queryProblems(query: string, known: ReadonlyMap<string, Series>): string[] {
  // Grafana fills its variables in before Prometheus sees them.
  const text = query.replaceAll(/\$__(?:rate_)?interval\b/g, "5m");
  const problems: string[] = [];
  const used = new Set<string>();
  const groupings: string[] = [];
  parser.parse(text).iterate({
    enter({ type, node }) {
      if (type.isError)
        problems.push(`it is no PromQL at "${text.slice(Math.max(0, node.from - 10), node.from + 10)}"`);
      if (type.name === "VectorSelector") problems.push(...selectorProblems(node, text, known, used));
      if (type.name === "GroupingLabels") groupings.push(...textsOf(node, "LabelName", text));
    },
  });
  const labels = new Set([...used].flatMap((name) => [...(known.get(name)?.labels ?? [])]));
  const strange = groupings.filter((label) => !labels.has(label));
  return [...problems, ...strange.map((label) => `nothing in it has the label ${label}`)];
}

function selectorProblems(
  selector: SyntaxNode,
  text: string,
  known: ReadonlyMap<string, Series>,
  used: Set<string>,
): string[] {
  const [name = ""] = textsOf(selector, "Identifier", text);
  const series = known.get(name);
  if (series === undefined) return [`nobody exports ${name || "a series without a name"}`];
  used.add(name);
  const matched = selector.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
  const labels = matched.flatMap((matcher) => textsOf(matcher, "LabelName", text));
  const problems = labels.filter((label) => !series.labels.has(label)).map((label) => `${name} has no label ${label}`);
  const call = enclosingFunction(selector, text);
  if (OF_COUNTERS.has(call) && !series.rises) problems.push(`${call} of ${name}, which is no counter`);
  return problems;
}

/** The function whose argument the selector is, with its range; empty when there is none. */
function enclosingFunction(selector: SyntaxNode, text: string): string {
  const range = selector.parent;
  if (range?.name !== "MatrixSelector") return "";
  const call = range.parent?.parent;
  return call?.name === "FunctionCall" ? (textsOf(call, "FunctionIdentifier", text)[0] ?? "") : "";
}

function textsOf(node: SyntaxNode, name: string, text: string): string[] {
  return node.getChildren(name).map(({ from, to }) => text.slice(from, to));
}
