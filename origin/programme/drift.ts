import { CHANNELS, SAMPLE_RATE, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import type { PcmRing } from "./pcm-ring.ts";

/** A host's clock may be 2000 ppm off; 3000 leaves room to work off what has gathered. */
const MAX_CORRECTION = 0.003;
const DEAD_ZONE_SECONDS = 0.03;
/** Correction for each second of error. */
const STEEPNESS = 0.01;
/** Samples that the interpolation looks ahead. */
const LOOK_AHEAD = 4;
const WINDOW_SAMPLES = Math.ceil(SAMPLES_PER_FRAME * (1 + MAX_CORRECTION)) + LOOK_AHEAD;

/**
 * Reads a ring a little faster or slower than it is filled, so that its fill stays near a target, by cubic Hermite
 * interpolation (Catmull-Rom). The rate changes too slowly to be heard.
 */
export class DriftReader {
  readonly #ring: PcmRing;
  readonly #window = new Int16Array(WINDOW_SAMPLES * CHANNELS);
  #smoothFill = 0;
  #ratio = 1;
  #phase = 0;

  constructor(ring: PcmRing) {
    this.#ring = ring;
  }

  /** Begins anew with the fill as it is. */
  reset(): void {
    this.#smoothFill = this.#ring.fill;
    this.#ratio = 1;
    this.#phase = 0;
  }

  /** Fills one frame, with silence where the ring runs dry. `target` in samples. */
  read(out: Int16Array, target: number): void {
    this.#adjust(target);
    if (this.#ring.fill < WINDOW_SAMPLES) {
      this.#phase = 0;
      this.#ring.read(out);
      return;
    }
    if (this.#phase === 0 && Math.abs(this.#ratio - 1) < 1e-5) {
      this.#ring.read(out);
      return;
    }
    this.#ring.peek(this.#window);
    let position = this.#phase;
    for (let i = 0; i < SAMPLES_PER_FRAME; i++) {
      const index = Math.floor(position);
      for (let channel = 0; channel < CHANNELS; channel++) {
        out[i * CHANNELS + channel] = this.#interpolate(index, position - index, channel);
      }
      position += this.#ratio;
    }
    // One sample stays, for the interpolation looks back at it.
    const passed = Math.floor(position) - 1;
    this.#ring.skip(passed);
    this.#phase = position - passed;
  }

  #adjust(target: number): void {
    this.#smoothFill += (this.#ring.fill - this.#smoothFill) * 0.005;
    const error = (this.#smoothFill - target) / SAMPLE_RATE;
    const correction = Math.max(-MAX_CORRECTION, Math.min(MAX_CORRECTION, error * STEEPNESS));
    const wanted = Math.abs(error) < DEAD_ZONE_SECONDS ? 1 : 1 + correction;
    this.#ratio += (wanted - this.#ratio) * 0.02;
  }

  #interpolate(index: number, t: number, channel: number): number {
    const at = index * CHANNELS + channel;
    const window = this.#window;
    const from = window[at] ?? 0;
    const before = index === 0 ? from : (window[at - CHANNELS] ?? 0);
    const to = window[at + CHANNELS] ?? 0;
    const after = window[at + 2 * CHANNELS] ?? 0;
    const slope = (to - before) / 2;
    const bend = before - 2.5 * from + 2 * to - after / 2;
    const twist = (after - before) / 2 + 1.5 * (from - to);
    const value = ((twist * t + bend) * t + slope) * t + from;
    return Math.max(-32768, Math.min(32767, Math.round(value)));
  }
}
