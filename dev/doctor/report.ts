import type { Finding } from "./finding.ts";

const MARK: Record<Finding["level"], string> = { ok: "ok     ", warning: "WARNING", fault: "FAULT  " };

/** The worst that was found: 0 when all is well, 1 for warnings, 2 for faults. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ level }) => level === "fault")) return 2;
  return findings.some(({ level }) => level === "warning") ? 1 : 0;
}

/** For people: what is wrong comes last, where they look. */
export function reportText(findings: readonly Finding[]): string {
  const order: readonly Finding["level"][] = ["ok", "warning", "fault"];
  const lines = order.flatMap((level) => findings.filter((finding) => finding.level === level).map(describeFinding));
  return `${lines.join("\n")}\n\n${summaryOf(findings)}`;
}

export function reportJson(findings: readonly Finding[]): string {
  const counts = { ok: count(findings, "ok"), warning: count(findings, "warning"), fault: count(findings, "fault") };
  return JSON.stringify({ counts, findings }, null, 2);
}

function describeFinding({ level, says, toDo, page }: Finding): string {
  const indent = " ".repeat(MARK.ok.length + 2);
  return [`${MARK[level]}  ${says}`, ...(toDo ? [`${indent}${toDo}`] : []), ...(page ? [`${indent}${page}`] : [])].join(
    "\n",
  );
}

function summaryOf(findings: readonly Finding[]): string {
  const [faults, warnings] = [count(findings, "fault"), count(findings, "warning")];
  if (faults + warnings === 0) return "All is well.";
  const counted = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return `${counted(faults, "fault")}, ${counted(warnings, "warning")}.`;
}

const count = (findings: readonly Finding[], wanted: Finding["level"]) =>
  findings.filter(({ level }) => level === wanted).length;
