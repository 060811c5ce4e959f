import { describe, expect, it } from "vitest";
import { brokenLinks, machinePaths, missingPaths, missingScripts } from "./check-docs.ts";

const there =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);

describe("the check of the documents", () => {
  it("finds links that lead nowhere, and lets web addresses and anchors be", () => {
    const text = "[a](docs/a.md) [b](docs/b.md#part) [c](https://example.org/x) [d](#here) [e](docs/e.md)";
    expect(brokenLinks(text, there("docs/a.md", "docs/b.md"))).toEqual(["the link to docs/e.md leads nowhere"]);
  });

  it("finds named paths that are not there, and lets placeholders and web paths be", () => {
    const text =
      "`origin/main.ts` `origin/gone.ts` `worker/` `origin/{id}` `dev/*.ts` `origin/v1/demo/index.json` `npm start` `a/b`";
    expect(missingPaths(text, there("origin/main.ts", "worker/"))).toEqual(["origin/gone.ts is not there"]);
  });

  it("finds npm commands that do not exist", () => {
    const text = "`npm start`, `npm test`, `npm run check`, `npm run fly`, npm install";
    expect(missingScripts(text, ["start", "check"])).toEqual([
      'there is no script "test" in package.json',
      'there is no script "fly" in package.json',
    ]);
  });

  it("finds paths of somebody's machine", () => {
    const text = "see /home/ada/radio/x.ts and http://host/work/a, not origin/work/b";
    expect(machinePaths(text)).toEqual(["/home/ada/radio/x.ts is a path of somebody's machine"]);
  });
});
