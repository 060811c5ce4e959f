import { z } from "@hono/zod-openapi";
import type { Sha256 } from "../../contracts/names.ts";

/** Header of RFC 9530, section 2, with the SHA-256. */
export const RequiredContentDigest = z.string().regex(/^sha-256=:[A-Za-z0-9+/]{43}=:$/, "sha-256=:base64:");
export const ContentDigest = RequiredContentDigest.optional();

/** The hash in hexadecimal. */
export function parseContentDigest(header: z.infer<typeof RequiredContentDigest>): Sha256 {
  const encoded = header.slice("sha-256=:".length, -1);
  return Array.from(atob(encoded), (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
