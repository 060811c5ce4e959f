import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import {
  EDGE_SIGNATURE_HEADER,
  EDGE_SIGNATURE_MS,
  parseEdgeSignature,
  signedText,
} from "../../contracts/edge-signature.ts";
import { failure } from "../../contracts/failure.ts";
import type { Clock } from "../../kit/clock.ts";

/**
 * Refuses all but the edge (403), which signs what it asks for. While there is no token to check by, everything passes:
 * better heard by too many than by none.
 */
export function edgeOnly(options: { token(): string | null; clock: Clock }): MiddlewareHandler {
  return async (context, next) => {
    const token = options.token();
    const header = context.req.header(EDGE_SIGNATURE_HEADER) ?? "";
    if (token === null || isSigned(context.req.path.slice(1), header, token, options.clock.now())) return await next();
    return context.json(failure("edge_only", "This node answers the edge alone."), 403, {
      "Cache-Control": "no-store",
    });
  };
}

function isSigned(path: string, header: string, token: string, now: number): boolean {
  const given = parseEdgeSignature(header);
  if (given === null || Math.abs(now - given.unixMs) > EDGE_SIGNATURE_MS) return false;
  const key = createHash("sha256").update(token).digest("hex");
  const expected = createHmac("sha256", key).update(signedText(path, given.unixMs)).digest();
  return timingSafeEqual(expected, Buffer.from(given.hex, "hex"));
}
