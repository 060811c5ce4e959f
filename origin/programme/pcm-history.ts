import { CHANNELS, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { BYTES_PER_SAMPLE } from "./pcm-ring.ts";

/** How many of the newest frames are kept as PCM: 0.85 s. */
export const HISTORY_FRAMES = 40;
const FRAME_BYTES = SAMPLES_PER_FRAME * BYTES_PER_SAMPLE;

/**
 * The newest mixed frames, in memory that is used again and again. Encoders are written to from here without a copy,
 * so a frame's place may be taken by a new one only when every encoder has put out the old one.
 */
export class PcmHistory {
  readonly #values: Int16Array[] = [];
  readonly #bytes: Buffer[] = [];
  #next: number;
  #oldest: number;

  constructor(firstFrame: number) {
    const memory = Buffer.alloc(HISTORY_FRAMES * FRAME_BYTES);
    for (let slot = 0; slot < HISTORY_FRAMES; slot++) {
      const start = memory.byteOffset + slot * FRAME_BYTES;
      this.#values.push(new Int16Array(memory.buffer, start, SAMPLES_PER_FRAME * CHANNELS));
      this.#bytes.push(memory.subarray(slot * FRAME_BYTES, (slot + 1) * FRAME_BYTES));
    }
    this.#next = firstFrame;
    this.#oldest = firstFrame;
  }

  /** The frame to be mixed next. */
  get next(): number {
    return this.#next;
  }

  get oldest(): number {
    return this.#oldest;
  }

  /** Where the next frame is to be mixed; `commit` makes it part of the history. */
  draft(): Int16Array {
    return this.#values[this.#next % HISTORY_FRAMES] as Int16Array;
  }

  commit(): void {
    this.#next += 1;
    this.#oldest = Math.max(this.#oldest, this.#next - HISTORY_FRAMES);
  }

  /** s16le of a frame from `oldest` up to, not including, `next`. */
  bytesOf(frame: number): Buffer {
    return this.#bytes[frame % HISTORY_FRAMES] as Buffer;
  }

  /** Forgets everything and goes on at `frame`. */
  restartAt(frame: number): void {
    this.#next = frame;
    this.#oldest = frame;
  }
}
