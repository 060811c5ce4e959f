import { segmentTime } from "../../contracts/timeline.ts";
import type { NodeProcess } from "./node-process.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Per segment that is caught up with, and from a segment's end to its stamp. */
const RENDER_MS = 200;
const CLOSING_MS = 60;
const STUCK_LOOK_MS = 500;

/** A segment's frames as they went out, the first of them at `beganAt` (monotonic ms). */
export type Emission = { number: number; generation: number; counter: number; name: string; beganAt: number };

export type StudioOptions = {
  time: VirtualTime;
  process: NodeProcess;
  generation: number;
  /** From the start to the first frame. */
  startMs: number;
  /** First segment to make, and the counter it begins with. */
  start: { number: number; counter: number };
  framesPerSegment: number;
  /** The node's clock. */
  now(): number;
  isStuck(): boolean;
  emit(studio: SimulatedStudio, emission: Emission): void;
  /** Names this start of the programme: another one has other bytes. */
  name: string;
};

/** A programme, segment by segment: past ones as fast as can be, then at the pace of its clock. */
export class SimulatedStudio {
  readonly generation: number;
  readonly #options: StudioOptions;
  /** Programme time minus monotonic time: it keeps the wall clock of its start. */
  #offset: number;
  #next: number;
  #counter: number;
  #beganAt = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(options: StudioOptions) {
    this.#options = options;
    this.generation = options.generation;
    this.#offset = options.now() - options.time.monotonic();
    this.#next = options.start.number;
    this.#counter = options.start.counter;
    options.process.in(options.startMs, () => {
      this.#beganAt = options.time.monotonic();
      this.#make();
    });
  }

  /** Whether frames go out now. */
  isFlowing(): boolean {
    const { time, process, isStuck } = this.#options;
    return !this.#stopped && process.answers && !isStuck() && this.#beganAt <= time.monotonic();
  }

  stop(): void {
    this.#stopped = true;
  }

  leap(ms: number, segments: number): void {
    this.#offset += ms;
    this.#next += segments;
  }

  #make(): void {
    const { time, process, framesPerSegment, isStuck } = this.#options;
    const programmeNow = time.monotonic() + this.#offset;
    const untilOver = segmentTime(this.#next + 1, framesPerSegment) + CLOSING_MS - programmeNow;
    process.in(Math.max(RENDER_MS, untilOver), () => {
      if (this.#stopped) return;
      if (isStuck()) return process.in(STUCK_LOOK_MS, () => this.#make());
      const { generation } = this;
      const name = `${this.#options.name}/${generation}/${this.#next}`;
      const emission = { number: this.#next, generation, counter: this.#counter, name, beganAt: this.#beganAt };
      this.#next += 1;
      this.#counter = (this.#counter + 8) % 16;
      this.#beganAt = time.monotonic();
      this.#options.emit(this, emission);
      this.#make();
    });
  }
}
