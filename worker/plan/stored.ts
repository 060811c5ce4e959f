import { parseRange } from "../../kit/range.ts";
import { isKnownToCaller } from "../cache/answer.ts";
import { EdgeError } from "../edge-error.ts";
import type { Reach } from "../reach.ts";
import { withStore } from "../upload/store.ts";

export type Serving = {
  type: string;
  cacheControl: string;
  maxBytes?: number;
  /** What else is told of the object, also instead of its type. */
  headersOf?: (stored: R2Object) => Record<string, string>;
};

/**
 * An object of R2 as it is, streamed: 200, 206, 304 or 416 (RFC 9110, 13 and 14); null when it is not there. Throws 503
 * when R2 cannot be used, 500 for an object of more than `maxBytes`.
 */
export async function answerStored(
  request: Request,
  key: string,
  reach: Reach,
  { type, cacheControl, maxBytes = Number.POSITIVE_INFINITY, headersOf = () => ({}) }: Serving,
): Promise<Response | null> {
  const stored = await withStore(reach, () => reach.bucket.head(key));
  if (stored === null) return null;
  const { httpEtag: etag, size } = stored;
  if (size > maxBytes) throw new EdgeError(500, "too_large", `What is stored has more than ${maxBytes} bytes.`);
  const headers: Record<string, string> = { etag, "cache-control": cacheControl, "accept-ranges": "bytes" };
  if (isKnownToCaller(request, etag)) return new Response(null, { status: 304, headers });

  const condition = request.headers.get("if-range");
  const isSame = condition === null || condition === etag;
  const range = parseRange(isSame ? request.headers.get("range") : null, size);
  if (range === "unsatisfiable") {
    return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${size}` } });
  }
  const { start, end } = range === "whole" ? { start: 0, end: size } : range;
  const options = range === "whole" ? undefined : { range: { offset: start, length: end - start } };
  const object = await withStore(reach, () => reach.bucket.get(key, options));
  if (object === null) return null;
  // Replaced in between: what was asked for is there no more, and the next request finds the new one.
  if (object.httpEtag !== etag) throw new EdgeError(503, "just_replaced", "Ask again.", { retryAfterSeconds: 1 });
  headers["content-type"] = type;
  headers["content-length"] = String(end - start);
  Object.assign(headers, headersOf(stored));
  if (range !== "whole") headers["content-range"] = `bytes ${start}-${end - 1}/${size}`;
  return new Response(object.body, { status: range === "whole" ? 200 : 206, headers });
}
