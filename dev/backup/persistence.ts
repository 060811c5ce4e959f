import { pause } from "../../kit/loop.ts";
import { backoff } from "../../kit/retry.ts";
import { CloudflareError } from "../deploy/cloudflare.ts";

const ATTEMPTS = 5;
const PAUSES = { firstMs: 500, maxMs: 15_000 };
/** A call begins to answer within this, and goes on at no less than 50 kB/s. */
const ANSWER_MS = 30_000;
const BYTES_PER_MS = 50;

/** An answer that says no. What passes by itself (408, 429, 5xx) is worth another try. */
export class RemoteRefusal extends Error {
  override name = "RemoteRefusal";
  readonly status: number;

  constructor(what: string, status: number, text: string) {
    super(`${what}: ${status} ${text.slice(0, 500)}`);
    this.status = status;
  }
}

/** How long a call may take in all that moves so many bytes. */
export const limitMs = (bytes: number) => ANSWER_MS + Math.ceil(bytes / BYTES_PER_MS);

/** Tries again what fails for reasons that pass: refusals that do, a network that is away, a time limit. */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (attempt + 1 >= ATTEMPTS || !isPassing(thrown)) throw thrown;
      await pause(backoff(attempt, PAUSES));
    }
  }
}

/** `fetch` throws a TypeError for a network that is away, and a DOMException when its signal aborts. */
function isPassing(thrown: unknown): boolean {
  if (thrown instanceof RemoteRefusal || thrown instanceof CloudflareError) {
    return thrown.status >= 500 || [0, 408, 429].includes(thrown.status);
  }
  return thrown instanceof TypeError || (thrown instanceof DOMException && thrown.name === "TimeoutError");
}
