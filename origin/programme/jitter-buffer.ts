import { CHANNELS, SAMPLE_RATE, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import type { Log } from "../../kit/log.ts";
import { FADE_SAMPLES } from "./crossfade.ts";
import { DriftReader } from "./drift.ts";
import { JitterTarget } from "./jitter-target.ts";
import { BYTES_PER_SAMPLE, PcmRing } from "./pcm-ring.ts";
import { QuietTime } from "./quiet-time.ts";

const RING_SAMPLES = 4 * SAMPLE_RATE;
/** More than this on air is a backlog after a standstill of the line: we jump over it. */
const BACKLOG_SAMPLES = 3 * SAMPLE_RATE;
/** With less than this it is high time to fade away. */
const LAST_SAMPLES = FADE_SAMPLES + 2 * SAMPLES_PER_FRAME;
/** With less than this, and nothing coming, it is time. */
const LOW_SAMPLES = Math.round(0.45 * SAMPLE_RATE);
const QUIET_MS = 150;
/** What was queued before so long a silence has nothing to do with what comes after. */
const OUTDATED_MS = 1000;

/** Sound that comes in over a line, at another's clock: queued against its gaps, and read at ours. */
export class JitterBuffer {
  readonly #log: Log;
  readonly #ring = new PcmRing(RING_SAMPLES);
  readonly #reader = new DriftReader(this.#ring);
  readonly #target = new JitterTarget();
  readonly #quiet = new QuietTime();
  /** What would have come where something is left out. */
  readonly #tail = new Int16Array(SAMPLES_PER_FRAME * CHANNELS);
  #hasTail = false;
  #hasSound = false;
  #isSteady = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes s16le as it comes, and returns its samples. */
  push(chunk: Buffer): Int16Array {
    if (this.#hasSound) this.#target.sawGap(this.#quiet.ms);
    this.#hasSound = true;
    this.#quiet.heard();
    if (this.#ring.free < chunk.length / BYTES_PER_SAMPLE + 1) this.#keepTail();
    return this.#ring.pushBytes(chunk);
  }

  /** What comes from now on is of another connection. */
  clear(): void {
    this.#ring.clear();
    this.#hasTail = false;
    this.#hasSound = false;
    this.#isSteady = false;
  }

  get ms(): number {
    return Math.round((this.#ring.fill * 1000) / SAMPLE_RATE);
  }

  get isSteady(): boolean {
    return this.#isSteady && this.#quiet.ms < QUIET_MS;
  }

  isStarving(hasEnded: boolean): boolean {
    const { fill } = this.#ring;
    return fill < LAST_SAMPLES || (fill < LOW_SAMPLES && (hasEnded || this.#quiet.ms > QUIET_MS));
  }

  read(out: Int16Array): void {
    if (this.#ring.fill > BACKLOG_SAMPLES) this.#keepTail();
    if (this.#hasTail) this.#jumpAhead(out);
    else this.#reader.read(out, this.#target.samples);
  }

  /** Off air nothing is heard, so a backlog goes, and steadiness is judged anew. */
  pass(): void {
    if (this.#quiet.ms > OUTDATED_MS) this.#ring.clear();
    const target = this.#target.samples;
    const { fill } = this.#ring;
    if (fill > target * 1.5) this.#ring.skip(fill - target);
    if (fill < LOW_SAMPLES) this.#isSteady = false;
    else if (fill >= target) this.#isSteady = true;
    this.#hasTail = false;
    this.#reader.reset();
  }

  tick(elapsedMs: number): void {
    this.#quiet.tick(elapsedMs);
    this.#target.tick(elapsedMs);
  }

  /** The ring is about to lose what comes next: it is kept to fade away from. */
  #keepTail(): void {
    if (this.#hasTail) return;
    this.#reader.read(this.#tail, this.#target.samples);
    this.#hasTail = true;
  }

  /** Leaves the backlog out, with a crossfade of one frame from what would have come. */
  #jumpAhead(out: Int16Array): void {
    this.#ring.skip(this.#ring.fill - this.#target.samples);
    this.#reader.reset();
    this.#reader.read(out, this.#target.samples);
    for (let i = 0; i < out.length; i++) {
      const share = Math.floor(i / CHANNELS) / SAMPLES_PER_FRAME;
      out[i] = (out[i] ?? 0) * share + (this.#tail[i] ?? 0) * (1 - share);
    }
    this.#hasTail = false;
    this.#log.info("backlog left out", { bufferMs: this.ms });
  }
}
