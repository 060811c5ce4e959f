import { pause } from "../../kit/loop.ts";
import type { Reach } from "../reach.ts";

/** How long a request waits for news when the value at hand is recent enough to serve. */
const PATIENCE_MS = 250;
/** A value that was looked after less than this long ago is served while another request looks again. */
const RECENT_MS = 3000;
/** A read that is not done by then is given up, with the request that began it: another request may begin anew. */
const ABANDONED_MS = 5000;
const RETRY_MS = 1000;
const POLL_MS = 20;

export type Reading<T> = { value: T; readAt: number };

/**
 * A value that many requests of an isolate share. One request refreshes it while the others serve the last value or
 * look in again; no promise is shared, since workerd would hang the others when the reader's client goes away.
 * When reading fails the last value stands, for ever.
 */
export class Memo<T> {
  readonly #subject: string;
  readonly #freshUntil: (reading: Reading<T>) => number;
  #reading: Reading<T> | null = null;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #dueAt = Number.NEGATIVE_INFINITY;
  #pendingSince: number | null = null;

  /** `subject` names the value in the log; `freshUntil` says until when (Unix ms) nobody needs to read again. */
  constructor(subject: string, freshUntil: (reading: Reading<T>) => number) {
    this.#subject = subject;
    this.#freshUntil = freshUntil;
  }

  /** The last value, however old; undefined before the first. */
  get last(): T | undefined {
    return this.#reading?.value;
  }

  isDue(now: number): boolean {
    const clockWentBack = now < this.#checkedAt - RETRY_MS;
    return now >= this.#dueAt || clockWentBack;
  }

  set(reading: Reading<T>): void {
    this.#reading = reading;
    this.#dueAt = this.#freshUntil(reading);
  }

  /** Returns when the value is fresh, or when waiting longer would do the listener no good. Never rejects. */
  async refresh(read: (known: T | undefined) => Promise<Reading<T>>, reach: Reach): Promise<void> {
    const now = reach.clock.now();
    if (!this.isDue(now)) return;
    const isRecent = now - this.#checkedAt < RECENT_MS;
    if (this.#isPending(now)) {
      if (isRecent) return;
      while (this.#isPending(reach.clock.now())) await pause(POLL_MS);
      return this.refresh(read, reach);
    }
    const attempt = this.#attempt(read, reach);
    reach.keep(attempt);
    await settledWithin(isRecent ? PATIENCE_MS : ABANDONED_MS, attempt);
  }

  #isPending(now: number): boolean {
    return this.#pendingSince !== null && now - this.#pendingSince < ABANDONED_MS;
  }

  async #attempt(read: (known: T | undefined) => Promise<Reading<T>>, reach: Reach): Promise<void> {
    const since = reach.clock.now();
    this.#pendingSince = since;
    try {
      this.set(await read(this.last));
    } catch (thrown) {
      this.#dueAt = reach.clock.now() + RETRY_MS;
      reach.complaints.add(`cannot read ${this.#subject}`, thrown);
    } finally {
      this.#checkedAt = reach.clock.now();
      if (this.#pendingSince === since) this.#pendingSince = null;
    }
  }
}

/** Returns when the work is done, or after `ms`; the work goes on. */
export async function settledWithin(ms: number, work: Promise<void>): Promise<void> {
  const abort = new AbortController();
  await Promise.race([work, pause(ms, abort.signal)]);
  abort.abort();
}
