import type { Clock } from "../../kit/clock.ts";

type Work = () => void | Promise<void>;
type Entry = { at: number; order: number; work: Work };

/** The clock of the simulated world, and what happens at which of its moments. Equal moments keep their order. */
export class VirtualTime implements Clock {
  readonly #startedAt: number;
  readonly #heap: Entry[] = [];
  #ms = 0;
  #leapt = 0;
  #scheduled = 0;

  /** `startedAt` is Unix ms. */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#leapt + this.#ms;
  }

  /** It stands still while time leaps. */
  monotonic(): number {
    return this.#ms;
  }

  in(ms: number, work: Work): void {
    this.#scheduled += 1;
    this.#push({ at: this.#ms + Math.max(0, ms), order: this.#scheduled, work });
  }

  every(ms: number, work: Work): void {
    this.in(ms, async () => {
      await work();
      this.every(ms, work);
    });
  }

  /** Wall time goes on by `ms` in which nothing happens: what was to come in a second still comes in a second. */
  leap(ms: number): void {
    this.#leapt += ms;
  }

  /** Lets all come to pass that comes before `isOver`. */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const next = this.#pop();
      if (next === undefined) return;
      this.#ms = next.at;
      const underway = next.work();
      if (underway !== undefined) await underway;
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      const right = child + 1;
      if (right < heap.length && isBefore(heap[right] as Entry, heap[child] as Entry)) child = right;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
