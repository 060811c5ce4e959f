import type { Stall } from "./listener.ts";

const TOLERANCE_SECONDS = 0.02;

/**
 * Plays out what arrives as a player would: it begins with the first sound and runs on in real time; where nothing is
 * left to play it stalls until more comes.
 */
export class Playout {
  #began: number | null = null;
  #received = 0;
  readonly #stalls: Stall[] = [];

  /** `seconds` of sound have come at `now` (Unix ms). */
  arrived(now: number, seconds: number): void {
    this.#began ??= now;
    const stall = this.#stallAt(now);
    if (stall) this.#stalls.push(stall);
    this.#received += seconds;
  }

  get began(): number | null {
    return this.#began;
  }

  /** Seconds of sound that have come. */
  get received(): number {
    return this.#received;
  }

  stallsUntil(now: number): Stall[] {
    const present = this.#stallAt(now);
    return present ? [...this.#stalls, present] : [...this.#stalls];
  }

  #stallAt(now: number): Stall | null {
    if (this.#began === null || this.#received === 0) return null;
    const stalled = this.#stalls.reduce((sum, stall) => sum + stall.seconds, 0);
    const empty = this.#began + (this.#received + stalled) * 1000;
    const seconds = (now - empty) / 1000;
    return seconds > TOLERANCE_SECONDS ? { at: empty, seconds } : null;
  }
}
