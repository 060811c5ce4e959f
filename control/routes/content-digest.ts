import { z } from "@hono/zod-openapi";
import type { Sha256 } from "../../contracts/names.ts";

/** Header of RFC 9530, section 2, with the SHA-256; it may be left out. */
export const ContentDigest = z
  .string()
  .regex(/^sha-256=:[A-Za-z0-9+/]{43}=:$/, "sha-256=:base64:")
  .optional();

/** The hash in hexadecimal; null where none was given. */
export function parseContentDigest(header: z.infer<typeof ContentDigest>): Sha256 | null {
  if (header === undefined) return null;
  const encoded = header.slice("sha-256=:".length, -1);
  return Array.from(atob(encoded), (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
