import { z } from "@hono/zod-openapi";
import { Failure } from "../../contracts/failure.ts";

/** Parts of which the routes are described. */

const WHEN: Record<number, string> = {
  400: "The request cannot be read",
  401: "No valid bearer token",
  403: "The token is not allowed to do this",
  404: "There is no such thing",
  409: "It contradicts the present state",
  411: "The request must say its length",
  413: "The request is too large",
  416: "There is nothing in that range",
  422: "The request does not fit; `details` says where",
  503: "Control cannot answer now; try again",
};

export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { content: { "application/json": { schema } }, description };
}

export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } };
}

type FailureAnswer = ReturnType<typeof json<typeof Failure>>;

/** The failures a route may answer with, besides 500. */
export function failures<Status extends number>(...statuses: Status[]): { [S in Status]: FailureAnswer } {
  const answers = statuses.map((status) => [status, json(Failure, WHEN[status] ?? "Refused")]);
  return Object.fromEntries(answers) as { [S in Status]: FailureAnswer };
}

export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** A file as it is; `type` is what it usually is. */
export function binary(type: string, description: string) {
  return { content: { [type]: { schema: z.string().openapi({ format: "binary" }) } }, description };
}

export function binaryBody(type: string) {
  return { required: true, content: { [type]: { schema: z.string().openapi({ format: "binary" }) } } };
}

export const NOTHING = { description: "Done" };

/** Every route but the public ones. */
export const SECURED = [{ bearer: [] }];
