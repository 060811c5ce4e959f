import type { VirtualTime } from "./virtual-time.ts";

type Work = () => void | Promise<void>;

/** A process of an origin: what it is to do later is not done when it has ended, and late when it was frozen. */
export class NodeProcess {
  readonly instance: string;
  /** Monotonic ms at which it was last asleep. */
  asleepAt = Number.NEGATIVE_INFINITY;
  readonly #time: VirtualTime;
  readonly #held: Work[] = [];
  #ended = false;
  #isFrozen = false;

  constructor(time: VirtualTime, instance: string) {
    this.#time = time;
    this.instance = instance;
  }

  get answers(): boolean {
    return !this.#ended && !this.#isFrozen;
  }

  in(ms: number, work: Work): void {
    this.#time.in(ms, () => this.#do(work));
  }

  every(ms: number, work: Work): void {
    this.in(ms, async () => {
      await work();
      this.every(ms, work);
    });
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    this.asleepAt = this.#time.monotonic();
    for (const work of this.#held.splice(0)) this.in(0, work);
  }

  end(): void {
    this.#ended = true;
    this.#held.length = 0;
  }

  #do(work: Work): void | Promise<void> {
    if (this.#ended) return;
    if (!this.#isFrozen) return work();
    this.#held.push(work);
  }
}
