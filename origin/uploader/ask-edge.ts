import type { StationSlug } from "../../contracts/names.ts";
import { userAgent } from "../../contracts/version.ts";
import { withTimeout } from "../../kit/race.ts";
import { describeNetworkError, type EdgeFailure, type Fetch, judgeAnswer, readText } from "./edge-request.ts";

const REQUEST_MS = 5000;

/** Why the edge gave no answer to go by; `kind` says whether asking again may help. */
export class EdgeError extends Error {
  override name = "EdgeError";
  readonly kind: EdgeFailure["kind"];

  constructor(kind: EdgeFailure["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

export type EdgeStation = {
  edgeUrl: string;
  station: StationSlug;
  token(): string | null;
  fetch?: Fetch;
};

export type EdgeAnswer = { status: number; etag: string | null; text: string };

/**
 * Asks the edge, with the origin's token, for what it has of a station below `path`. The answer is a success, a 304 to the
 * `etag` that is known, or a 404, of which each caller makes its own.
 *
 * @throws EdgeError
 */
export async function askEdge(
  edge: EdgeStation,
  path: string,
  options: { maxBytes: number; withinMs?: number; etag?: string | null; signal?: AbortSignal },
): Promise<EdgeAnswer> {
  const { maxBytes, withinMs = REQUEST_MS, etag = null } = options;
  const { url, headers } = requestTo(edge, path);
  if (etag !== null) headers["if-none-match"] = etag;
  const answer = await withTimeout(withinMs, `GET ${url}`, async (late) => {
    const signal = options.signal === undefined ? late : AbortSignal.any([late, options.signal]);
    const response = await (edge.fetch ?? globalThis.fetch)(url, { headers, redirect: "error", signal });
    const text = await readText(response, maxBytes);
    return { status: response.status, ok: response.ok, etag: response.headers.get("etag"), text };
  }).catch((thrown: unknown) => {
    throw new EdgeError("retry", `GET ${url}: ${describeNetworkError(thrown)}`);
  });
  if (answer.ok || answer.status === 304 || answer.status === 404) return answer;
  const { kind, reason } = judgeAnswer(answer.status, answer.text, null);
  throw new EdgeError(kind, reason);
}

/**
 * Address and headers of a request.
 *
 * @throws EdgeError when the origin has no token yet
 */
export function requestTo(edge: EdgeStation, path: string): { url: string; headers: Record<string, string> } {
  const token = edge.token();
  if (token === null) throw new EdgeError("denied", "this origin has no token yet");
  return {
    url: `${edge.edgeUrl}/origin/v1/${edge.station}/${path}`,
    headers: { authorization: `Bearer ${token}`, "user-agent": userAgent("origin") },
  };
}
