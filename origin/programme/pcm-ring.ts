import { CHANNELS } from "../../contracts/timeline.ts";

export const BYTES_PER_SAMPLE = 2 * CHANNELS;

/** Bounded queue of s16le stereo. All counts are samples: one value for each channel. */
export class PcmRing {
  readonly capacity: number;
  readonly #values: Int16Array;
  #head = 0;
  #fill = 0;
  #remainder: Buffer = Buffer.alloc(0);

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#values = new Int16Array(capacity * CHANNELS);
  }

  get fill(): number {
    return this.#fill;
  }

  get free(): number {
    return this.capacity - this.#fill;
  }

  /** Takes bytes cut anywhere, and returns the samples that they made whole; on overflow the oldest fall out. */
  pushBytes(chunk: Buffer): Int16Array {
    const bytes = this.#remainder.length === 0 ? chunk : Buffer.concat([this.#remainder, chunk]);
    const whole = bytes.length - (bytes.length % BYTES_PER_SAMPLE);
    this.#remainder = whole === bytes.length ? EMPTY : Buffer.from(bytes.subarray(whole));
    const values = samplesOf(bytes.subarray(0, whole));
    this.push(values);
    return values;
  }

  /** Takes interleaved samples; on overflow the oldest fall out. Returns how many fell out. */
  push(values: Int16Array): number {
    const count = Math.min(values.length / CHANNELS, this.capacity);
    const kept = values.subarray(values.length - count * CHANNELS);
    const dropped = Math.max(0, count - this.free);
    this.skip(dropped);
    const tail = (this.#head + this.#fill) % this.capacity;
    const first = Math.min(count, this.capacity - tail);
    this.#values.set(kept.subarray(0, first * CHANNELS), tail * CHANNELS);
    this.#values.set(kept.subarray(first * CHANNELS), 0);
    this.#fill += count;
    return dropped + values.length / CHANNELS - count;
  }

  /** Fills `out`, with silence where the ring runs dry. Returns how many samples were there. */
  read(out: Int16Array): number {
    const count = this.peek(out);
    this.skip(count);
    return count;
  }

  /** Like `read`, but leaves the samples where they are. */
  peek(out: Int16Array): number {
    const count = Math.min(out.length / CHANNELS, this.#fill);
    const first = Math.min(count, this.capacity - this.#head);
    out.set(this.#values.subarray(this.#head * CHANNELS, (this.#head + first) * CHANNELS), 0);
    out.set(this.#values.subarray(0, (count - first) * CHANNELS), first * CHANNELS);
    out.fill(0, count * CHANNELS);
    return count;
  }

  skip(count: number): void {
    const skipped = Math.min(count, this.#fill);
    this.#head = (this.#head + skipped) % this.capacity;
    this.#fill -= skipped;
  }

  clear(): void {
    this.skip(this.#fill);
    this.#remainder = EMPTY;
  }
}

const EMPTY = Buffer.alloc(0);

/** Views bytes as samples, by copying only where they are not aligned. */
export function samplesOf(bytes: Buffer): Int16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Int16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
}
