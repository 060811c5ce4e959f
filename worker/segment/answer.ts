import { SEGMENT_TYPE } from "../../contracts/playlist.ts";
import { parseRange } from "../../kit/range.ts";
import { isKnownToCaller, OPEN_TO_ALL } from "../cache/answer.ts";
import type { Segment } from "./shelf.ts";

/** A segment is a pure function of its name for all listeners: whoever has it need never ask again. */
export const SEGMENT_CACHE_CONTROL = "public, max-age=86400, immutable";
/** The reel is heard until the programme can be had: caches beyond ours are to ask again soon. */
const REEL_CACHE_CONTROL = "public, max-age=10";

/** 200, 206, 304 or 416 (RFC 9110, 13 and 14). */
export function answerSegment(request: Request, { bytes, sha256, fromReel }: Segment): Response {
  const etag = `"${sha256}"`;
  const headers: Record<string, string> = {
    "content-type": SEGMENT_TYPE,
    "cache-control": fromReel ? REEL_CACHE_CONTROL : SEGMENT_CACHE_CONTROL,
    etag,
    "accept-ranges": "bytes",
    ...OPEN_TO_ALL,
  };
  if (isKnownToCaller(request, etag)) return new Response(null, { status: 304, headers });
  const range = parseRange(applicableRange(request, etag), bytes.byteLength);
  if (range === "whole") {
    headers["content-length"] = String(bytes.byteLength);
    return new Response(bytes, { headers });
  }
  if (range === "unsatisfiable") {
    headers["content-range"] = `bytes */${bytes.byteLength}`;
    headers["cache-control"] = "no-store";
    return new Response(null, { status: 416, headers });
  }
  headers["content-length"] = String(range.end - range.start);
  headers["content-range"] = `bytes ${range.start}-${range.end - 1}/${bytes.byteLength}`;
  return new Response(bytes.slice(range.start, range.end), { status: 206, headers });
}

/** Range counts for GET alone, and only when If-Range names these very bytes (RFC 9110, 13.1.5). */
function applicableRange(request: Request, etag: string): string | null {
  if (request.method !== "GET") return null;
  const condition = request.headers.get("if-range");
  return condition === null || condition === etag ? request.headers.get("range") : null;
}
