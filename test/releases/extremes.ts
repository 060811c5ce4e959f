import fc from "fast-check";

/** The part of JSON Schema (2020-12) that zod writes. */
export type Schema = {
  type?: "string" | "number" | "integer" | "boolean" | "null" | "object" | "array";
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  propertyNames?: Schema;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  multipleOf?: number;
  maxLength?: number;
  minLength?: number;
  pattern?: string;
  format?: string;
};

const SEED = 2015;
const A_LOT = 1_000_000;

/**
 * What a schema lets through at its edges: each variant, each bound, each optional property there and not there, lists that
 * are empty and full. A change of the schema that another one does not bear shows in one of them.
 */
export function extremesOf(schema: Schema): unknown[] {
  if ("const" in schema) return [schema.const];
  if (schema.enum) return schema.enum;
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return variants.flatMap(extremesOf);
  switch (schema.type) {
    case "object":
      return objects(schema);
    case "array":
      return arrays(schema);
    case "string":
      return strings(schema);
    case "integer":
      return numbers(schema, 1);
    case "number":
      return numbers(schema, 0.5);
    case "boolean":
      return [true, false];
    case "null":
      return [null];
    default:
      return ["anything", { at: ["all"] }, null];
  }
}

function objects({ properties, required = [], propertyNames, additionalProperties }: Schema): unknown[] {
  if (!properties) return records(propertyNames, additionalProperties);
  const extremes = Object.entries(properties).map(([name, schema]) => [name, extremesOf(schema)] as const);
  const full = Object.fromEntries(extremes.map(([name, values]) => [name, values[0]]));
  const least = Object.fromEntries(required.map((name) => [name, full[name]]));
  return [least, ...extremes.flatMap(([name, values]) => values.map((value) => ({ ...full, [name]: value })))];
}

function records(names: Schema | undefined, values: Schema | boolean | undefined): unknown[] {
  if (typeof values !== "object") return [{}];
  const [name = "any"] = names ? (extremesOf(names) as string[]) : [];
  return [{}, ...extremesOf(values).map((value) => ({ [name]: value }))];
}

function arrays({ items = {}, minItems = 0, maxItems }: Schema): unknown[] {
  const values = extremesOf(items);
  const of = (length: number) => Array.from({ length }, () => values[0]);
  const lengths = maxItems === undefined ? [minItems] : [minItems, maxItems];
  const fit = Math.max(minItems, 1);
  return [...lengths.map(of), ...values.map((value) => [...of(fit - 1), value])];
}

function strings({ pattern, format, minLength = 0, maxLength }: Schema): unknown[] {
  if (format === "uri")
    return ["https://origin-1.example:8801", "http://origin-1.example", "rtmp://origin-1.example:1935"].filter(
      fits(pattern),
    );
  if (format === "date-time") return ["2026-11-22T23:00:00.000Z"];
  if (pattern !== undefined) {
    const drawn = fc.sample(fc.stringMatching(new RegExp(pattern)), { seed: SEED, numRuns: 5 });
    return drawn.filter(({ length }) => length >= minLength && length <= (maxLength ?? length));
  }
  return ["x".repeat(minLength), ...(maxLength === undefined ? [] : ["x".repeat(maxLength)])];
}

const fits = (pattern: string | undefined) => (text: string) => pattern === undefined || new RegExp(pattern).test(text);

function numbers({ minimum, maximum = A_LOT, exclusiveMinimum, multipleOf = 0 }: Schema, step: number): unknown[] {
  const by = Math.max(step, multipleOf);
  const least = minimum ?? (exclusiveMinimum === undefined ? -A_LOT : exclusiveMinimum + by);
  return [Math.ceil(least / by) * by, Math.floor(maximum / by) * by];
}
