import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { extremesOf, type Schema } from "./extremes.ts";
import { MESSAGE_NAMES, MESSAGES, type MessageName } from "./messages.ts";

/** The releases that the present one is to understand, and to be understood by: the last one. */
const RELEASES = globSync("*/schemas.json", { cwd: import.meta.dirname })
  .map((file) => dirname(file))
  .toSorted((one, other) => one.localeCompare(other, "en", { numeric: true }))
  .slice(-1);

const read = (...path: string[]) => JSON.parse(readFileSync(join(import.meta.dirname, ...path), "utf8"));

/** In what one says there is nothing that the other forbids. What one has and the other does not know is passed over. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });

function misunderstood(said: Schema, heard: Schema): string[] {
  const understands = ajv.compile(heard);
  return extremesOf(said).flatMap((value) =>
    understands(value) ? [] : [`${ajv.errorsText(understands.errors)} in ${JSON.stringify(value).slice(0, 300)}`],
  );
}

const schemaOf = (name: MessageName, io: "input" | "output") =>
  z.toJSONSchema(MESSAGES[name], { io, unrepresentable: "any" }) as Schema;

describe.each(RELEASES)("release %s", (release) => {
  const schemas: Record<string, Schema> = read(release, "schemas.json");
  const said = globSync("samples/*.json", { cwd: join(import.meta.dirname, release) }).map((file) =>
    basename(file, ".json"),
  );

  it("left a sample and a schema of each message", () => {
    expect(said.toSorted()).toEqual(Object.keys(schemas).toSorted());
    expect(said.length).toBeGreaterThanOrEqual(20);
  });

  it.each(said)("%s: the present release reads what it said, and loses none of it", (name) => {
    const sample = read(release, "samples", `${name}.json`);
    expect(MESSAGE_NAMES).toContain(name);
    expect(MESSAGES[name as MessageName].parse(sample)).toMatchObject(sample);
  });

  it.each(said)("%s: the present release reads whatever it could say", (name) => {
    expect(misunderstood(schemas[name] ?? {}, schemaOf(name as MessageName, "input"))).toEqual([]);
  });

  it.each(said)("%s: it reads whatever the present release says", (name) => {
    expect(misunderstood(schemaOf(name as MessageName, "output"), schemas[name] ?? {})).toEqual([]);
  });
});

describe("a message that changes", () => {
  const before = z.object({ items: z.array(z.object({ kind: z.enum(["live", "show"]) })).max(20) });
  const told = (after: z.ZodType) =>
    misunderstood(z.toJSONSchema(after, { io: "output" }) as Schema, z.toJSONSchema(before, { io: "input" }) as Schema);
  const item = z.object({ kind: z.enum(["live", "show"]) });

  it.each<[string, z.ZodType, boolean]>([
    ["with a field more", before.extend({ more: z.string() }), true],
    ["with a longer list", z.object({ items: z.array(item).max(100) }), false],
    [
      "with a new word",
      z.object({ items: z.array(z.object({ kind: z.enum(["live", "show", "relay"]) })).max(20) }),
      false,
    ],
    ["with a field that may be missing", before.partial(), false],
    ["with a field that may be null", z.object({ items: before.shape.items.nullable() }), false],
    ["with a field of another name", z.object({ entries: before.shape.items }), false],
  ])("%s is understood by an older reader, or not", (_how, after, isUnderstood) => {
    expect(told(after).length === 0).toBe(isUnderstood);
  });
});
