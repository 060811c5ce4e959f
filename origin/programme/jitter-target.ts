import { SAMPLE_RATE } from "../../contracts/timeline.ts";

const LEAST_SECONDS = 0.6;
const MOST_SECONDS = 2.5;
/** What must be left when the longest gap has passed: enough to notice and to fade away. */
const RESERVE_SECONDS = 0.45;
/** A longer gap is an outage, which no buffer should try to cover. */
const OUTAGE_SECONDS = 2;
const GAP_MARGIN = 1.25;
/** A remembered gap shrinks to half in this time. */
const HALF_LIFE_SECONDS = 45;

/** How much of a live feed to queue: 0.6 s on a smooth line, and more after gaps have shown that it is needed. */
export class JitterTarget {
  #longestGap = 0;

  get samples(): number {
    const seconds = this.#longestGap * GAP_MARGIN + RESERVE_SECONDS;
    return Math.round(Math.max(LEAST_SECONDS, Math.min(MOST_SECONDS, seconds)) * SAMPLE_RATE);
  }

  /** Audio came after a gap. */
  sawGap(ms: number): void {
    if (ms < OUTAGE_SECONDS * 1000) this.#longestGap = Math.max(this.#longestGap, ms / 1000);
  }

  tick(elapsedMs: number): void {
    this.#longestGap *= 0.5 ** (elapsedMs / 1000 / HALF_LIFE_SECONDS);
  }
}
