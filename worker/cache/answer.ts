/** Anyone may embed a station: constant headers, since echoing the caller's origin would split every cache. */
export const OPEN_TO_ALL: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "content-length, content-range, date, etag, retry-after, traceresponse",
  "x-content-type-options": "nosniff",
};

/** Answer to a browser that asks beforehand whether it may (Fetch standard, CORS preflight). */
export function preflightAnswer(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...OPEN_TO_ALL,
      "access-control-allow-methods": "GET, HEAD, OPTIONS",
      "access-control-allow-headers": "range, if-none-match, if-range, cache-control",
      "access-control-max-age": "86400",
    },
  });
}

/** If-None-Match of RFC 9110, 13.1.2: weak comparison, since a proxy that compresses weakens our tag. */
export function isKnownToCaller(request: Request, etag: string): boolean {
  const asked = request.headers.get("if-none-match");
  if (asked === null) return false;
  return asked === "*" || asked.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

export function acceptsGzip(request: Request): boolean {
  const accepted = request.headers.get("accept-encoding");
  if (accepted === null || !accepted.includes("gzip")) return false;
  return !accepted.includes(";") || /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(accepted);
}
