import type { Clock } from "../kit/clock.ts";
import { describe, type Log } from "../kit/log.ts";

const EVERY_MS = 10_000;
const MAX_SUBJECTS = 256;

/**
 * Says what went wrong beneath an answer that was still given. A fault repeats with every request, so each subject
 * is logged at most once in ten seconds, with the number of times that were passed over.
 */
export class Complaints {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #subjects = new Map<string, { saidAt: number; unsaid: number }>();

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** `trace`: of the request in whose service it was. */
  add(subject: string, thrown: unknown, trace?: string): void {
    const now = this.#clock.monotonic();
    const before = this.#subjects.get(subject);
    if (before !== undefined && now - before.saidAt < EVERY_MS) {
      before.unsaid += 1;
      return;
    }
    if (this.#subjects.size >= MAX_SUBJECTS) this.#subjects.clear();
    this.#subjects.set(subject, { saidAt: now, unsaid: 0 });
    this.#log.warn(subject, { trace, error: describe(thrown), unsaid: before?.unsaid ?? 0 });
  }
}
