import { z } from "zod";
import { pause } from "../../kit/loop.ts";
import { backoff } from "../../kit/retry.ts";

/** Cloudflare's API (v4) as far as a deployment needs it: bounded, tried again where that is safe, and said in plain words. */

const ATTEMPTS = 4;
const LIMIT_MS = 30_000;
const PAUSES = { firstMs: 1_000, maxMs: 15_000 };
const MAX_RETRY_AFTER_MS = 60_000;

const Envelope = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).default([]),
  result: z.unknown().optional(),
});

export type CloudflareSettings = { api: string; account: string; token: string };

export type CloudflareOptions = {
  fetch?: typeof fetch;
  pause?: (ms: number) => Promise<void>;
  limitMs?: number;
};

export type Call = {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** The permission of the API token that the call needs, as Cloudflare's dashboard names it. */
  permission: string;
};

/** An answer that says no. `status` 0: there was none. */
export class CloudflareError extends Error {
  override name = "CloudflareError";
  readonly status: number;
  readonly codes: readonly number[];

  constructor(message: string, status: number, codes: readonly number[] = []) {
    super(message);
    this.status = status;
    this.codes = codes;
  }
}

type Answer = { status: number; retryAfterMs: number | null; text: string };

export class Cloudflare {
  readonly settings: CloudflareSettings;
  readonly #fetch: typeof fetch;
  readonly #pause: (ms: number) => Promise<void>;
  readonly #limitMs: number;

  constructor(settings: CloudflareSettings, options: CloudflareOptions = {}) {
    this.settings = settings;
    this.#fetch = options.fetch ?? fetch;
    this.#pause = options.pause ?? ((ms) => pause(ms));
    this.#limitMs = options.limitMs ?? LIMIT_MS;
  }

  /** The account's own resources: `path` begins below `/accounts/{id}`. Throws a CloudflareError. */
  ofAccount<T>(path: string, schema: z.ZodType<T>, call: Call): Promise<T> {
    return this.ask(`/accounts/${this.settings.account}${path}`, schema, call);
  }

  /** The same, null where there is no such thing. */
  find<T>(path: string, schema: z.ZodType<T>, call: Call): Promise<T | null> {
    return this.lookUp(`/accounts/${this.settings.account}${path}`, schema, call);
  }

  /** As `ask`, null where there is no such thing. */
  async lookUp<T>(path: string, schema: z.ZodType<T>, call: Call): Promise<T | null> {
    try {
      return await this.ask(path, schema, call);
    } catch (thrown) {
      if (thrown instanceof CloudflareError && thrown.status === 404) return null;
      throw thrown;
    }
  }

  /** `result` of the answer. What passes is tried again, but a POST only when it was not heard at all (429). */
  async ask<T>(path: string, schema: z.ZodType<T>, call: Call): Promise<T> {
    const what = `${call.method ?? "GET"} ${path.replace(/\?.*$/, "")}`;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#send(path, call, what).catch((thrown: unknown) => thrown as CloudflareError);
      const isPassing =
        answer.status === 429 || ((answer.status === 0 || answer.status >= 500) && call.method !== "POST");
      if (!isPassing || attempt === ATTEMPTS) {
        if (answer instanceof CloudflareError) throw answer;
        return resultOf(answer, schema, call, what);
      }
      const wanted = answer instanceof CloudflareError ? null : answer.retryAfterMs;
      await this.#pause(wanted ?? backoff(attempt - 1, PAUSES));
    }
  }

  async #send(path: string, call: Call, what: string): Promise<Answer> {
    try {
      const answer = await this.#fetch(`${this.settings.api}${path}`, {
        method: call.method ?? "GET",
        headers: {
          authorization: `Bearer ${this.settings.token}`,
          ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: AbortSignal.timeout(this.#limitMs),
      });
      return {
        status: answer.status,
        retryAfterMs: retryAfterMs(answer.headers.get("retry-after")),
        text: await answer.text(),
      };
    } catch (thrown) {
      const why =
        thrown instanceof Error && thrown.name === "TimeoutError" ? "did not answer in time" : "is out of reach";
      throw new CloudflareError(`Cloudflare's API ${why} (${what}).`, 0);
    }
  }
}

function resultOf<T>({ status, text }: Answer, schema: z.ZodType<T>, call: Call, what: string): T {
  const envelope = Envelope.safeParse(parseJson(text));
  if (status < 300 && envelope.success && envelope.data.success) {
    const result = schema.safeParse(envelope.data.result);
    if (result.success) return result.data;
    throw new CloudflareError(
      `Cloudflare answered ${what} in a form that is not known: ${result.error.message}`,
      status,
    );
  }
  const errors = envelope.success ? envelope.data.errors : [];
  const said = errors.map(({ code, message }) => `${message} (${code})`).join("; ") || text.slice(0, 200);
  const hint =
    status === 401 || status === 403
      ? ` The API token needs the permission "${call.permission}" for this account.`
      : "";
  throw new CloudflareError(
    `Cloudflare answered ${status} to ${what}: ${said}.${hint}`,
    status,
    errors.map(({ code }) => code),
  );
}

/** `Retry-After` (RFC 9110, 10.2.3) in seconds; dates are not used here. */
function retryAfterMs(header: string | null): number | null {
  const seconds = /^\d{1,6}$/.test(header ?? "") ? Number(header) : null;
  return seconds === null ? null : Math.min(seconds * 1000, MAX_RETRY_AFTER_MS);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
