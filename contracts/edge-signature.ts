/**
 * How the edge proves itself when it asks an origin over HTTP: `t={unix ms},v1={hex}`, where the latter is the
 * HMAC-SHA-256 of `signedText` under a key that both have, the hexadecimal SHA-256 of the origin's upload token. An
 * origin whose token was revoked is no longer asked at all.
 */
export const EDGE_SIGNATURE_HEADER = "x-edge-signature";
/** How far the clocks of edge and origin may be apart, and for how long a request that was overheard is of use. */
export const EDGE_SIGNATURE_MS = 300_000;

/** `path` is what is asked for, below the origin's URL and without a leading slash. */
export function signedText(path: string, unixMs: number): string {
  return `${path}\n${unixMs}`;
}

export function formatEdgeSignature(unixMs: number, hex: string): string {
  return `t=${unixMs},v1=${hex}`;
}

/** Null when it is none. */
export function parseEdgeSignature(header: string): { unixMs: number; hex: string } | null {
  const [, unixMs, hex] = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  return unixMs === undefined || hex === undefined ? null : { unixMs: Number(unixMs), hex };
}
