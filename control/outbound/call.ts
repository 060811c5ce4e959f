import { describe } from "../../kit/log.ts";
import { TimeoutError, withTimeout } from "../../kit/race.ts";

/** What is called outside: by its own URL, never by one that came in from outside. */
export type Fetch = (request: Request) => Promise<Response>;

export type Call = {
  method: "GET" | "POST" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: string;
};

/** An answer, its body cut to `MAX_ANSWER_BYTES`. */
export type Answer = { status: number; headers: Headers; body: string };

/** How a piece of remote work ended. `retry`: it may succeed later as it stands; else somebody has to change something. */
export type Outcome = { ok: true } | { ok: false; retry: boolean; reason: string };

export const MAX_ANSWER_BYTES = 64 << 10;

/**
 * Makes one call. Redirects are answers, not followed: they would lead to where no setting points. Throws when there
 * is no answer within `timeoutMs`, the body included.
 */
export function call(fetch: Fetch, { method, url, headers = {}, body }: Call, timeoutMs: number): Promise<Answer> {
  return withTimeout(timeoutMs, new URL(url).host, async (signal) => {
    const request = new Request(url, {
      method,
      headers,
      signal,
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
    });
    const response = await fetch(request);
    return { status: response.status, headers: response.headers, body: await readBounded(response) };
  });
}

/** Whether an answer that is no success is worth another try: the far side is busy, late, or broken. */
export function isWorthRetrying(status: number): boolean {
  return status === 408 || status === 423 || status === 425 || status === 429 || status >= 500;
}

/** Makes a call of which nothing but its success counts. Never throws; the reason bears no part of the answer's body. */
export async function attempt(fetch: Fetch, request: Call, timeoutMs: number): Promise<Outcome> {
  try {
    const { status } = await call(fetch, request, timeoutMs);
    return outcomeOf(status);
  } catch (thrown) {
    return unanswered(thrown);
  }
}

export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return { ok: true };
  return { ok: false, retry: isWorthRetrying(status), reason: `answered ${status}` };
}

export function unanswered(thrown: unknown): Outcome & { ok: false } {
  return { ok: false, retry: true, reason: thrown instanceof TimeoutError ? thrown.message : describe(thrown) };
}

async function readBounded(response: Response): Promise<string> {
  if (!response.body) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    const part = value.subarray(0, MAX_ANSWER_BYTES - bytes);
    bytes += part.byteLength;
    text += decoder.decode(part, { stream: true });
    if (bytes < MAX_ANSWER_BYTES) continue;
    await reader.cancel();
    return text;
  }
}
