import { CHANNELS, SAMPLE_RATE } from "../../contracts/timeline.ts";
import { BYTES_PER_SAMPLE } from "../programme/pcm-ring.ts";
import { MAX_SECONDS } from "./limits.ts";

const BLOCKS_PER_SECOND = 100;
export const BLOCK_SAMPLES = SAMPLE_RATE / BLOCKS_PER_SECOND;
const BLOCK_BYTES = BLOCK_SAMPLES * BYTES_PER_SAMPLE;
/** Some more than is prepared, so that the file that is too long is noticed. */
const MAX_BLOCKS = (MAX_SECONDS + 2) * BLOCKS_PER_SECOND;
const GROW_BLOCKS = 60 * BLOCKS_PER_SECOND;
const FULL_SCALE = 32768;

/** Measures s16le stereo, 48 kHz, as it goes by: 5 bytes are kept of each 10 ms. */
export class LevelCurve {
  /** Whole samples so far. */
  samples = 0;
  readonly #means = new ArrayBuffer(0, { maxByteLength: MAX_BLOCKS * Float32Array.BYTES_PER_ELEMENT });
  readonly #peaks = new ArrayBuffer(0, { maxByteLength: MAX_BLOCKS });
  readonly #meanOf = new Float32Array(this.#means);
  readonly #peakOf = new Uint8Array(this.#peaks);
  #rest: Buffer = Buffer.alloc(0);
  #blocks = 0;

  /** Takes bytes cut anywhere. Soon after MAX_SECONDS no more are taken. */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const whole = bytes.length - (bytes.length % BLOCK_BYTES);
    for (let from = 0; from < whole; from += BLOCK_BYTES) this.#measure(bytes.subarray(from, from + BLOCK_BYTES));
    this.#rest = Buffer.from(bytes.subarray(whole));
    this.samples = this.#blocks * BLOCK_SAMPLES + Math.floor(this.#rest.length / BYTES_PER_SAMPLE);
  }

  /** Call once, after the last `push`. Mean square of each block over both channels, 1 being full scale. */
  end(): { means: Float32Array; peaks: Uint8Array } {
    const whole = this.#rest.length - (this.#rest.length % BYTES_PER_SAMPLE);
    if (whole > 0) this.#measure(this.#rest.subarray(0, whole));
    return { means: this.#meanOf.subarray(0, this.#blocks), peaks: this.#peakOf.subarray(0, this.#blocks) };
  }

  #measure(block: Buffer): void {
    if (this.#blocks >= MAX_BLOCKS) return;
    this.#makeRoom();
    let squares = 0;
    let peak = 0;
    for (let at = 0; at < block.length; at += 2) {
      const value = block.readInt16LE(at);
      squares += value * value;
      const size = value < 0 ? -value : value;
      if (size > peak) peak = size;
    }
    const values = (block.length / BYTES_PER_SAMPLE) * CHANNELS;
    this.#meanOf[this.#blocks] = squares / values / FULL_SCALE ** 2;
    this.#peakOf[this.#blocks] = Math.min(255, Math.round((peak * 255) / FULL_SCALE));
    this.#blocks += 1;
  }

  #makeRoom(): void {
    if (this.#blocks < this.#peakOf.length) return;
    const room = Math.min(MAX_BLOCKS, this.#blocks + GROW_BLOCKS);
    this.#means.resize(room * Float32Array.BYTES_PER_ELEMENT);
    this.#peaks.resize(room);
  }
}
