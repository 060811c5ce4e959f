import { CHANNELS, SAMPLE_RATE } from "../../contracts/timeline.ts";
import { dbfs } from "./levels.ts";

/**
 * At or below this RMS in dBFS a source is silent: so is a muted desk, and the hiss of an open line. The softest music,
 * and a room with somebody in it, are louder.
 */
export const SILENT_DBFS = -60;
/** The momentary window of EBU R 128: a click in it does not make it sound, a syllable does. */
export const BLOCK_MS = 400;
const BLOCK_VALUES = ((BLOCK_MS * SAMPLE_RATE) / 1000) * CHANNELS;
/** A noise gate makes pauses between words: they do not end what is heard. */
const PAUSE_MS = 1000;
const BACK_MS = 2000;

/** How a source has sounded of late, in ms of its own audio. */
export type Silence = {
  readonly quietMs: number;
  /** How long it has been heard, with pauses. */
  readonly heardMs: number;
  readonly isSilent: boolean;
};

export const NO_SILENCE: Silence = { quietMs: 0, heardMs: 0, isSilent: false };

/**
 * Silence after one more block of `rms` dBFS. A source is silent once it has been quiet for `limitSeconds`, and is not
 * any more once it has been heard for 2 s. With a limit of 0 nothing counts as silence.
 */
export function listen(before: Silence, rms: number, limitSeconds: number): Silence {
  if (limitSeconds === 0) return NO_SILENCE;
  const isQuiet = rms <= SILENT_DBFS;
  const quietMs = isQuiet ? before.quietMs + BLOCK_MS : 0;
  const isBegun = before.heardMs > 0 || !isQuiet;
  const heardMs = isBegun && quietMs <= PAUSE_MS ? before.heardMs + BLOCK_MS : 0;
  const isBack = !isQuiet && heardMs >= BACK_MS;
  return { quietMs, heardMs, isSilent: before.isSilent ? !isBack : quietMs >= limitSeconds * 1000 };
}

/** Listens to a source as its samples come in, before anything is mixed. */
export class SilenceJudge {
  readonly #limitSeconds: () => number;
  #silence = NO_SILENCE;
  #squares = 0;
  #values = 0;

  constructor(limitSeconds: () => number) {
    this.#limitSeconds = limitSeconds;
  }

  get isSilent(): boolean {
    return this.#silence.isSilent;
  }

  hear(values: Int16Array): void {
    for (const value of values) {
      this.#squares += value * value;
      this.#values += 1;
      if (this.#values === BLOCK_VALUES) this.#endBlock();
    }
  }

  #endBlock(): void {
    this.#silence = listen(this.#silence, dbfs(Math.sqrt(this.#squares / BLOCK_VALUES)), this.#limitSeconds());
    this.#squares = 0;
    this.#values = 0;
  }
}
