import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";

/** An answer that says no, in Cloudflare's form. */
export class Refused extends Error {
  override name = "Refused";
  readonly status: ContentfulStatusCode;
  readonly code: number;

  constructor(status: ContentfulStatusCode, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const answered = (c: Context, result: unknown) => c.json({ success: true, errors: [], messages: [], result });

/** The JSON body, or 400 with what is wrong with it. */
export async function bodyOf<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  if (c.req.header("content-type")?.split(";")[0] !== "application/json") {
    throw new Refused(400, 10001, "The content type is not application/json.");
  }
  const parsed = schema.safeParse(await c.req.json());
  if (parsed.success) return parsed.data;
  throw new Refused(400, 10001, `Not of the documented shape: ${parsed.error.message}`);
}
