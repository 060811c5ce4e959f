import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { describe, type Log } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";
import { parseRange } from "../../kit/range.ts";
import { createCache, type Served } from "./cache.ts";
import { readCorsHeaders } from "./cors.ts";

/** The part of an R2 bucket that is open to everyone. */
export type ReadableBucket = {
  get(key: string): Promise<{
    arrayBuffer(): Promise<ArrayBuffer>;
    httpEtag: string;
    uploaded: Date;
    httpMetadata?: { contentType?: string; cacheControl?: string };
  } | null>;
};

/** Here it tells how often it was asked, and how often it asked the bucket itself. */
const COUNTS_PATH = "/__counts";
const KEPT_ALIVE_MS = 75_000;
const READ_LIMIT_MS = 10_000;

/** Where everyone may fetch what lies in the bucket. */
export type OpenBucket = { readonly counts: { requests: number; reads: number }; close(): Promise<void> };

/**
 * Plays the custom domain that Cloudflare connects to a bucket: objects by their keys, with their own type and
 * Cache-Control, for pages of every site, with a cache in front that says what it did in `cf-cache-status`.
 */
export async function openBucket(
  bucket: ReadableBucket,
  { host, port, log }: { host: string; port: number; log: Log },
): Promise<OpenBucket> {
  const cors = readCorsHeaders();
  const counts = { requests: 0, reads: 0 };
  const cache = createCache(async (key) => {
    counts.reads += 1;
    return await withTimeout(READ_LIMIT_MS, "R2", () => readObject(bucket, key));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET" } = request;
    if (request.url === COUNTS_PATH) return void response.writeHead(200).end(JSON.stringify(counts));
    counts.requests += 1;
    if (method === "OPTIONS") return void response.writeHead(204, cors).end();
    if (method !== "GET" && method !== "HEAD") return void response.writeHead(405, { allow: "GET, HEAD" }).end();
    const found = await cache.get(keyOf(request.url ?? "/"));
    if (found === null) return void response.writeHead(404, { ...cors, "content-type": "text/plain" }).end("Not found");
    const { served, isHit } = found;
    const headers = { ...served.headers, ...cors, "cf-cache-status": isHit ? "HIT" : "MISS", "accept-ranges": "bytes" };
    if (request.headers["if-none-match"] === served.headers.etag) return void response.writeHead(304, headers).end();
    const range = parseRange(request.headers.range ?? null, served.bytes.length);
    if (range === "unsatisfiable") {
      return void response.writeHead(416, { ...headers, "content-range": `bytes */${served.bytes.length}` }).end();
    }
    const { start, end } = range === "whole" ? { start: 0, end: served.bytes.length } : range;
    const part = range === "whole" ? {} : { "content-range": `bytes ${start}-${end - 1}/${served.bytes.length}` };
    response.writeHead(range === "whole" ? 200 : 206, { ...headers, ...part, "content-length": end - start });
    response.end(method === "HEAD" ? undefined : served.bytes.subarray(start, end));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((thrown) => {
      log.error("the bucket could not be read", { url: request.url, error: describe(thrown) });
      if (!response.headersSent) response.writeHead(500, cors);
      response.end();
    });
  });
  // Longer than players wait between two requests: one that meets the end of its connection has to be sent again.
  server.keepAliveTimeout = KEPT_ALIVE_MS;
  server.listen(port, host);
  await once(server, "listening");
  return {
    counts,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function keyOf(url: string): string {
  const path = url.replace(/\?.*$/, "").slice(1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

async function readObject(bucket: ReadableBucket, key: string): Promise<Served | null> {
  const object = key === "" ? null : await bucket.get(key);
  if (object === null) return null;
  const { contentType = "application/octet-stream", cacheControl } = object.httpMetadata ?? {};
  return {
    bytes: Buffer.from(await object.arrayBuffer()),
    headers: {
      "content-type": contentType,
      ...(cacheControl === undefined ? {} : { "cache-control": cacheControl }),
      etag: object.httpEtag,
      "last-modified": object.uploaded.toUTCString(),
    },
  };
}
