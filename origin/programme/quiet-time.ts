const LONGEST_TICK_MS = 200;

/**
 * How long nothing has come, as this process could see it: when the whole node was frozen, nobody is to blame, so no
 * tick counts for more than 200 ms.
 */
export class QuietTime {
  #ms = 0;

  get ms(): number {
    return this.#ms;
  }

  heard(): void {
    this.#ms = 0;
  }

  tick(elapsedMs: number): void {
    this.#ms += Math.min(elapsedMs, LONGEST_TICK_MS);
  }
}
