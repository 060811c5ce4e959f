import { type Level, SILENCE_DBFS } from "../../contracts/stamp.ts";
import { segmentOf } from "../../contracts/timeline.ts";

const FULL_SCALE = 32768;
const KEPT_SEGMENTS = 8;

/** Measures each segment as its frames are mixed, in order. */
export class Levels {
  readonly #framesPerSegment: number;
  readonly #done = new Map<number, Level>();
  #segment = -1;
  #frames = 0;
  #peak = 0;
  #squares = 0;

  constructor(framesPerSegment: number) {
    this.#framesPerSegment = framesPerSegment;
  }

  add(frame: number, values: Int16Array): void {
    const segment = segmentOf(frame, this.#framesPerSegment);
    if (segment !== this.#segment) this.#begin(segment);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      const size = value < 0 ? -value : value;
      if (size > this.#peak) this.#peak = size;
      this.#squares += value * value;
    }
    this.#frames += 1;
    if (this.#frames < this.#framesPerSegment) return;
    const mean = this.#squares / (this.#frames * values.length);
    this.#done.set(segment, { peak: dbfs(this.#peak), rms: dbfs(Math.sqrt(mean)) });
    this.#done.delete(segment - KEPT_SEGMENTS);
  }

  /** Null for a segment that was not mixed from its first frame to its last, or is no longer remembered. */
  of(segment: number): Level | null {
    return this.#done.get(segment) ?? null;
  }

  #begin(segment: number): void {
    this.#segment = segment;
    this.#frames = 0;
    this.#peak = 0;
    this.#squares = 0;
  }
}

/** Amplitude of 16-bit samples in dBFS, rounded to a tenth. */
export function dbfs(amplitude: number): number {
  const level = Math.round(200 * Math.log10(amplitude / FULL_SCALE)) / 10;
  return Math.min(0, Math.max(SILENCE_DBFS, level)) + 0;
}
