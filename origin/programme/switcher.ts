import { SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import type { Log } from "../../kit/log.ts";
import { crossfade, FADE_SAMPLES } from "./crossfade.ts";
import { type Direction, direct, FIRST_DIRECTION } from "./director.ts";
import type { PcmSource } from "./pcm-source.ts";

/** Puts on air what the director says, with a crossfade from what was. */
export class Switcher {
  readonly #log: Log;
  readonly #onStarved: (source: PcmSource) => void;
  #direction: Direction = FIRST_DIRECTION;
  #onAir: PcmSource | null = null;
  #leaving: PcmSource | null = null;
  #position = 0;

  constructor(log: Log, onStarved: (source: PcmSource) => void) {
    this.#log = log;
    this.#onStarved = onStarved;
  }

  get onAir(): PcmSource | null {
    return this.#onAir;
  }

  /** On air, or fading away. */
  isHeard(source: PcmSource): boolean {
    return source === this.#onAir || source === this.#leaving;
  }

  /** Decides anew, except during a crossfade. */
  choose(candidates: readonly PcmSource[], situation: { now: number; atClock: boolean }): void {
    if (this.#leaving !== null) return;
    this.#direction = direct(this.#direction, candidates, situation);
    if (this.#direction.onAir === (this.#onAir?.id ?? null)) return;
    const left = this.#onAir;
    this.#onAir = candidates.find(({ id }) => id === this.#direction.onAir) ?? null;
    this.#leaving = left;
    this.#position = 0;
    this.#log.info("source changed", { from: left?.id ?? null, to: this.#onAir?.id ?? null });
    if (left?.starving) this.#onStarved(left);
  }

  /** Mixes one frame into `draft`; `outgoing` is memory to work in. */
  mix(draft: Int16Array, outgoing: Int16Array, frame: number): void {
    this.#onAir?.read(draft, frame);
    if (this.#leaving === null) return;
    this.#leaving.read(outgoing, frame);
    crossfade(draft, outgoing, this.#position);
    this.#position += SAMPLES_PER_FRAME;
    if (this.#position >= FADE_SAMPLES) this.#leaving = null;
  }
}
