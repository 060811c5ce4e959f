import { existsSync, globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";

const Package = z.object({ scripts: z.record(z.string(), z.string()) });

/** What README.md and docs/ promise and the project does not keep: one sentence for each broken promise. */
export async function docProblems(root: string): Promise<string[]> {
  const { scripts } = Package.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
  const documents = globSync("{README.md,docs/**/*.md}", { cwd: root }).sort();
  const problems = await Promise.all(
    documents.map(async (document) => {
      const text = await readFile(join(root, document), "utf8");
      return [
        ...brokenLinks(text, (path) => existsSync(join(root, dirname(document), path))),
        ...missingPaths(text, (path) => existsSync(join(root, path))),
        ...missingScripts(text, Object.keys(scripts)),
        ...machinePaths(text),
      ].map((problem) => `${document}: ${problem}`);
    }),
  );
  return problems.flat();
}

/** Links to other files of the project that are not there. */
export function brokenLinks(text: string, exists: (path: string) => boolean): string[] {
  return matches(text, /\]\(([^)\s]+)\)/g)
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => target.replace(/#.*$/, ""))
    .filter((path) => !exists(path))
    .map((path) => `the link to ${path} leads nowhere`);
}

/** Paths named in `code` that begin with a folder of the project and are not there; those with placeholders are not looked for. */
export function missingPaths(text: string, exists: (path: string) => boolean): string[] {
  const folder = /^(?:\.ci|contracts|control|dev|docs|kit|migrations|origin|test|worker)\/[^\s{}<>*]*$/;
  return matches(text, /`([^`\n]+)`/g)
    .filter((code) => folder.test(code) && !/\/(?:v1|radiodream)\b/.test(code))
    .filter((path) => !exists(path))
    .map((path) => `${path} is not there`);
}

/** `npm` commands that package.json does not know. */
export function missingScripts(text: string, scripts: readonly string[]): string[] {
  return matches(
    text,
    /\bnpm (?:run ([\w:-]+)|(?:start|test)\b)/g,
    (found) => found[1] ?? found[0].slice("npm ".length),
  )
    .filter((script) => !scripts.includes(script))
    .map((script) => `there is no script "${script}" in package.json`);
}

/** Paths that exist on one person's machine only. */
export function machinePaths(text: string): string[] {
  return matches(text, /(?<![\w./:-])(\/(?:home|root|Users|work)\/[\w./-]*)/g).map(
    (path) => `${path} is a path of somebody's machine`,
  );
}

function matches(text: string, pattern: RegExp, pick = (found: RegExpExecArray) => found[1] ?? ""): string[] {
  return [...new Set([...text.matchAll(pattern)].map(pick))];
}
