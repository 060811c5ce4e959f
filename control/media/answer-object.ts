import { notFound } from "../refusal.ts";
import { inR2, isInvalidRange } from "./in-r2.ts";

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
  const range = /^bytes=\d*-\d*$/.test(request.headers.get("range") ?? "");
  const object = await getObject(bucket, key, range ? request.headers : null);
  if (object === null) throw notFound("such content any more");
  if (object === "beyond") return new Response(null, { status: 416 });
  const headers = new Headers({
    "content-type": contentType,
    "content-disposition": contentDisposition,
    "content-security-policy": "default-src 'none'; sandbox",
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
    etag: object.httpEtag,
  });
  const { offset, length } = extentOf(object);
  headers.set("content-length", String(length));
  if (!range) return new Response(object.body, { headers });
  headers.set("content-range", `bytes ${offset}-${offset + length - 1}/${object.size}`);
  return new Response(object.body, { status: 206, headers });
}

async function getObject(
  bucket: R2Bucket,
  key: string,
  range: Headers | null,
): Promise<R2ObjectBody | null | "beyond"> {
  try {
    return await inR2("get", () => (range === null ? bucket.get(key) : bucket.get(key, { range })));
  } catch (thrown) {
    if (isInvalidRange(thrown)) return "beyond";
    throw thrown;
  }
}

/** Which of the object's bytes its body holds. */
function extentOf({ range, size }: R2ObjectBody): { offset: number; length: number } {
  if (range === undefined) return { offset: 0, length: size };
  if ("suffix" in range) return { offset: Math.max(0, size - range.suffix), length: Math.min(size, range.suffix) };
  const offset = range.offset ?? 0;
  return { offset, length: range.length ?? size - offset };
}
