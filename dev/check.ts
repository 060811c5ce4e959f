import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe } from "../kit/log.ts";
import { docProblems } from "./check-docs.ts";
import { monitoringProblems } from "./monitoring/check.ts";
import { ROOT } from "./settings.ts";

/** Says whether all is well with form, types, documents and what is asked of metrics, in seconds: what to run before every commit. */

type Verdict = { name: string; problems: string | null };

const checks = [
  program("biome check", ["biome", "check", "--error-on-warnings", "."]),
  ...typeProjects().map((project) => program(`tsc -p ${project}`, ["tsc", "-p", project])),
  sentences("documents", () => docProblems(ROOT)),
  sentences("monitoring", () => monitoringProblems(ROOT)),
];
const failed = (await Promise.all(checks)).filter(({ problems }) => problems !== null);
for (const { name, problems } of failed) console.error(`\n${name} failed:\n${problems}`);
console.log(
  failed.length === 0 ? `All ${checks.length} checks passed.` : `${failed.length} of ${checks.length} failed.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Every folder that has types of its own: one for each runtime. */
function typeProjects(): string[] {
  const found = globSync("{*,{worker,test}/**}/tsconfig.json", { cwd: ROOT });
  return found.filter((path) => !path.startsWith("node_modules")).map((path) => path.replace("/tsconfig.json", ""));
}

async function program(name: string, [command = "", ...args]: string[]): Promise<Verdict> {
  try {
    await promisify(execFile)(join(ROOT, "node_modules/.bin", command), args, { cwd: ROOT, maxBuffer: 16 << 20 });
    return { name, problems: null };
  } catch (thrown) {
    const { stdout, stderr, message } = thrown as Error & { stdout?: string; stderr?: string };
    return { name, problems: `${stdout ?? ""}${stderr ?? ""}`.trim() || message };
  }
}

async function sentences(name: string, find: () => Promise<string[]>): Promise<Verdict> {
  try {
    const problems = await find();
    return { name, problems: problems.length === 0 ? null : problems.join("\n") };
  } catch (thrown) {
    return { name, problems: describe(thrown) };
  }
}
