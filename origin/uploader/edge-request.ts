import { Failure } from "../../contracts/failure.ts";
import { DIGEST_HEADER } from "../../contracts/storage.ts";
import { userAgent } from "../../contracts/version.ts";
import { describe } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";

export type Fetch = typeof globalThis.fetch;

const REQUEST_MS = 5000;
/** Longest wait that the edge may ask for. */
const MAX_RETRY_AFTER_MS = 30_000;
const MAX_ANSWER_BYTES = 4096;

/** Why a request failed, and so what to do about it. */
export type EdgeFailure =
  /** It may work soon: no network, an overloaded or failing edge. */
  | { kind: "retry"; reason: string; afterMs: number | null }
  /** Someone must act first: the token is wrong or revoked, the station unknown. */
  | { kind: "denied"; reason: string }
  /** It will never work: the edge does not take these bytes. */
  | { kind: "refused"; reason: string };

export type Upload = { url: string; contentType: string; body: Buffer; sha256: string };

/** One attempt to PUT, with the body's digest as in RFC 9530; null when it worked. Never throws. */
export async function putToEdge(
  { url, contentType, body, sha256 }: Upload,
  token: string,
  fetch: Fetch,
  stop: AbortSignal,
): Promise<EdgeFailure | null> {
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": contentType,
    "user-agent": userAgent("origin"),
    [DIGEST_HEADER]: `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
  };
  try {
    return await withTimeout(REQUEST_MS, `PUT ${url}`, async (late) => {
      const signal = AbortSignal.any([late, stop]);
      const response = await fetch(url, {
        method: "PUT",
        headers,
        body: new Uint8Array(body),
        redirect: "error",
        signal,
      });
      // Read even where nobody wants it: only so the connection is used again.
      const answer = await readText(response, MAX_ANSWER_BYTES);
      // 409: the edge has a newer index of ours already, which an older one need not reach any more.
      return response.ok || response.status === 409
        ? null
        : judgeAnswer(response.status, answer, response.headers.get("retry-after"));
    });
  } catch (thrown) {
    return { kind: "retry", reason: describeNetworkError(thrown), afterMs: null };
  }
}

/** What an answer that is not a success means; Retry-After (RFC 9110, 10.2.3) is understood in seconds alone. */
export function judgeAnswer(status: number, answer: string, retryAfter: string | null): EdgeFailure {
  const reason = `the edge answered ${status}${messageOf(answer)}`;
  if (status === 400 || status === 413 || status === 422) return { kind: "refused", reason };
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
    return { kind: "retry", reason, afterMs: seconds === null ? null : Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) };
  }
  return { kind: "denied", reason };
}

function messageOf(answer: string): string {
  try {
    return `: ${Failure.parse(JSON.parse(answer)).error.message.slice(0, 200)}`;
  } catch {
    return "";
  }
}

/**
 * Body of an answer.
 *
 * @throws RangeError when it is longer than `maxBytes`
 */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RangeError(`an answer of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** fetch says only "fetch failed"; why is in the cause. */
export function describeNetworkError(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return describe(cause ?? thrown);
}
