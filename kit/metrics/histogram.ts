import type { Distribution } from "./metric.ts";

/** Counts how large things were, in a bounded number of classes. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds`: ascending upper bounds. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const index = found === -1 ? this.#bounds.length : found;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  distribution(): Distribution {
    let count = 0;
    const running = this.#counts.map((each) => (count += each));
    return { bounds: this.#bounds, cumulative: running.slice(0, -1), count, sum: this.#sum };
  }
}
