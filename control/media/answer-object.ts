import { type ByteRange, parseRange } from "../../kit/range.ts";
import { notFound } from "../refusal.ts";
import { inR2 } from "./in-r2.ts";

type Serving = { contentType: string; contentDisposition: string };

/**
 * An object as it is, streamed, or the part of it that was asked for: 200, 206 or 416 (RFC 9110, 14). Browsers are to run
 * nothing of it. Throws a 404 when it is not there.
 */
export async function answerObject(
  request: Request,
  bucket: R2Bucket,
  key: string,
  { contentType, contentDisposition }: Serving,
): Promise<Response> {
  const { httpEtag: etag, size } = await existing(inR2("head", () => bucket.head(key)));
  const condition = request.headers.get("if-range");
  const range = parseRange(condition === null || condition === etag ? request.headers.get("range") : null, size);
  const headers: Record<string, string> = { etag, "accept-ranges": "bytes", "cache-control": "private, no-store" };
  if (range === "unsatisfiable") {
    return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${size}` } });
  }
  const { start, end } = range === "whole" ? { start: 0, end: size } : range;
  const { body } = await existing(inR2("get", () => bucket.get(key, optionsFor(range))));
  headers["content-type"] = contentType;
  headers["content-disposition"] = contentDisposition;
  headers["content-security-policy"] = "default-src 'none'; sandbox";
  headers["content-length"] = String(end - start);
  if (range === "whole") return new Response(body, { headers });
  headers["content-range"] = `bytes ${start}-${end - 1}/${size}`;
  return new Response(body, { status: 206, headers });
}

async function existing<T>(asked: Promise<T | null>): Promise<T> {
  const object = await asked;
  if (object === null) throw notFound("such content any more");
  return object;
}

function optionsFor(range: ByteRange | "whole"): R2GetOptions {
  return range === "whole" ? {} : { range: { offset: range.start, length: range.end - range.start } };
}
