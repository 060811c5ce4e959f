import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { contractSteps } from "./contract-steps.ts";
import { ROOT } from "./settings.ts";

const KEPT = ["1.2.0", "1.3.0"];

describe("a migration", () => {
  it.each<[string, string]>([
    [
      "a table with its indexes",
      "CREATE TABLE `a` (`x` text NOT NULL);\n--> statement-breakpoint\nCREATE UNIQUE INDEX `a_x` ON `a` (`x`);",
    ],
    ["a column that may be empty", "ALTER TABLE `origins` ADD `image` text;"],
    ["a column with a default", "ALTER TABLE `origins` ADD `wire` integer DEFAULT 1 NOT NULL;"],
    ["an index", "CREATE INDEX `origins_state` ON `origins` (`state`);"],
    ["a word about DROP TABLE", "-- no DROP TABLE here\nALTER TABLE `a` ADD `b` text;"],
  ])("may add %s", (_what, sql) => {
    expect(contractSteps(sql, KEPT)).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["drop a table", "DROP TABLE `plays`;", "drops plays"],
    ["drop an index", "DROP INDEX IF EXISTS `plays_frame`;", "drops plays_frame"],
    ["drop a column", "ALTER TABLE `origins` DROP COLUMN `held`;", "drops origins.held"],
    ["rename a table", "ALTER TABLE `plays` RENAME TO `played`;", "renames plays"],
    ["rename a column", "alter table origins rename column held to out;", "renames origins"],
    ["ask for what the release before does not give", "ALTER TABLE `a` ADD `b` text NOT NULL;", "adds a.b"],
    ["forbid what it may do", "CREATE UNIQUE INDEX `u` ON `plays` (`frame`);", "makes u unique"],
    ["change its rows", "UPDATE `origins` SET state = 'x';", "changes rows of origins"],
    [
      "rebuild a table",
      "CREATE TABLE `__new` (`x` text);\nDROP TABLE `old`;\nALTER TABLE `__new` RENAME TO `old`;",
      "drops old",
    ],
  ])("may not %s", (_what, sql, why) => {
    expect(contractSteps(sql, KEPT)[0]).toContain(why);
  });

  it("may take away what a kept release does not use any more, and no other one", () => {
    const dropping = (since: string) => `-- contract: unused since ${since}\nDROP TABLE \`plays\`;`;
    expect(contractSteps(dropping("1.3.0"), KEPT)).toEqual([]);
    expect(contractSteps(dropping("1.4.0"), KEPT)).toEqual([expect.stringContaining("1.4.0 is not kept")]);
  });
});

describe("the migrations since the last release", () => {
  const kept = globSync("*/migrations.json", { cwd: join(ROOT, "test/releases") })
    .map((file) => dirname(file))
    .toSorted((one, other) => one.localeCompare(other, "en", { numeric: true }));
  const released: string[] = JSON.parse(
    readFileSync(join(ROOT, "test/releases", kept.at(-1) ?? "", "migrations.json"), "utf8"),
  );
  const all = globSync("*.sql", { cwd: join(ROOT, "migrations") })
    .map((file) => basename(file))
    .toSorted();

  it("come after those of the release, which are all there still", () => {
    expect(all.slice(0, released.length)).toEqual(released);
  });

  it.each(all.slice(released.length))("%s can be applied while the last release runs", (name) => {
    expect(contractSteps(readFileSync(join(ROOT, "migrations", name), "utf8"), kept)).toEqual([]);
  });
});
