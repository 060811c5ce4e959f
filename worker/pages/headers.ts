/** Nothing but our own files, no inline script; `blob:` is how Media Source Extensions hand sound to <audio>. */
function contentSecurityPolicy(frameAncestors: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join("; ");
}

function pageHeaders(frameAncestors: string): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": contentSecurityPolicy(frameAncestors),
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
  };
}

/** The same for a page whose player also fetches from there. */
export function alsoFrom(mediaUrl: string | null, headers: Record<string, string>): Record<string, string> {
  if (mediaUrl === null) return headers;
  const { origin } = new URL(mediaUrl);
  const policy = headers["content-security-policy"]?.replace(
    /\b(connect-src|media-src) 'self'/g,
    `$1 'self' ${origin}`,
  );
  return policy === undefined ? headers : { ...headers, "content-security-policy": policy };
}

/** Headers of every page but the embedded player. */
export const PAGE_HEADERS: Record<string, string> = pageHeaders("'self'");
/** Headers of the embedded player, which any site may frame. */
export const EMBED_HEADERS: Record<string, string> = pageHeaders("*");
