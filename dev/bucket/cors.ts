import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** CORS rules in the form in which R2 takes them: `wrangler r2 bucket cors set radio-dream-segments --file dev/bucket/cors.json`. */
const Cors = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        allowed: z.strictObject({
          origins: z.array(z.string()).min(1),
          methods: z.array(z.string()).min(1),
          headers: z.array(z.string()),
        }),
        exposeHeaders: z.array(z.string()),
        maxAgeSeconds: z.int().positive(),
      }),
    )
    .length(1),
});

/** What the bucket of the segments answers to pages of other sites (Fetch standard, CORS protocol). */
export function readCorsHeaders(): Record<string, string> {
  const [rule] = Cors.parse(JSON.parse(readFileSync(join(import.meta.dirname, "cors.json"), "utf8"))).rules;
  if (rule === undefined) return {};
  return {
    "access-control-allow-origin": rule.allowed.origins.join(),
    "access-control-allow-methods": rule.allowed.methods.join(", "),
    "access-control-allow-headers": rule.allowed.headers.join(", "),
    "access-control-expose-headers": rule.exposeHeaders.join(", "),
    "access-control-max-age": String(rule.maxAgeSeconds),
  };
}
