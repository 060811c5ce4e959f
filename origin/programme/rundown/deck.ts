import type { RundownItem } from "../../../contracts/rundown-item.ts";
import { CHANNELS, SAMPLE_RATE, SAMPLES_PER_FRAME } from "../../../contracts/timeline.ts";
import { type Decoder, decodeFile } from "../decoder.ts";
import { BYTES_PER_SAMPLE, PcmRing } from "../pcm-ring.ts";
import { QuietTime } from "../quiet-time.ts";
import { limiterFor } from "./limiter.ts";
import { addItem } from "./mix.ts";

const RING_SAMPLES = 2 * SAMPLE_RATE;
/** A pipe gives at most 64 KiB at once. */
const LARGEST_CHUNK_SAMPLES = 65_536 / BYTES_PER_SAMPLE;
/** An end that comes so much early is a length that was rounded; more is a broken file. */
const TOLERANCE_SAMPLES = SAMPLE_RATE / 10;

/** Plays one item: its file, decoded from the very sample that is due, since FLAC can be entered anywhere. */
export class Deck {
  /** Its end may move while it plays; its place and its file do not. */
  item: RundownItem;
  readonly #decoder: Decoder;
  readonly #ring = new PcmRing(RING_SAMPLES);
  readonly #quiet = new QuietTime();
  readonly #part = new Int16Array(SAMPLES_PER_FRAME * CHANNELS);
  /** Programme time, in samples, of the ring's head; and up to where nobody needs it any more. */
  #position: number;
  #passed: number;
  #hasEnded = false;

  /** Starts to decode what is heard of the item from `sample` on. */
  constructor(item: RundownItem, path: string, sample: number) {
    this.item = item;
    this.#position = Math.max(sample, item.from);
    this.#passed = this.#position;
    const offset = item.offset + this.#position - item.from;
    this.#decoder = decodeFile(path, offset, { filter: limiterFor(item.gain, item.track.loudness) });
    this.#decoder.pcm.on("data", (chunk: Buffer) => {
      this.#quiet.heard();
      this.#ring.pushBytes(chunk);
      this.pass(this.#passed);
      this.#letFlow();
    });
    this.#decoder.pcm.on("end", () => {
      this.#hasEnded = true;
    });
  }

  /** Sample up to which it can be heard already; the item's end when nothing is missing. */
  get buffered(): number {
    const until = this.#position + this.#ring.fill;
    const isWhole = until >= this.item.until - (this.#hasEnded ? TOLERANCE_SAMPLES : 0);
    return isWhole ? this.item.until : until;
  }

  /** Whether its file ended, or could not be decoded, before the item's end. */
  get isBroken(): boolean {
    return this.#hasEnded && this.buffered < this.item.until;
  }

  /** How long nothing has come of a decoder that is not waiting for us, in ms. */
  get quietMs(): number {
    return this.#quiet.ms;
  }

  /** How far it is behind what is needed, in samples. */
  get behind(): number {
    return this.#passed - this.#position;
  }

  tick(elapsedMs: number): void {
    if (this.#decoder.pcm.isPaused()) this.#quiet.heard();
    else this.#quiet.tick(elapsedMs);
    this.#letFlow();
  }

  /** What lies before `sample` is not needed any more. */
  pass(sample: number): void {
    this.#passed = Math.max(this.#passed, sample);
    const skipped = Math.min(this.#passed - this.#position, this.#ring.fill);
    this.#ring.skip(skipped);
    this.#position += skipped;
  }

  /** Adds its part of the frame that begins at `sample`. */
  addTo(sum: Float32Array, sample: number): void {
    this.pass(sample);
    const first = Math.max(sample, this.item.from);
    const count = Math.min(sample + SAMPLES_PER_FRAME, this.item.until) - first;
    if (count <= 0 || this.#position > first) return;
    const values = this.#part.subarray(0, count * CHANNELS);
    this.#position += this.#ring.read(values);
    this.#passed = first + count;
    addItem(sum.subarray((first - sample) * CHANNELS), values, this.item, first);
  }

  close(): Promise<void> {
    return this.#decoder.close();
  }

  #letFlow(): void {
    const { pcm } = this.#decoder;
    const hasRoom = this.#ring.free >= LARGEST_CHUNK_SAMPLES;
    if (hasRoom && pcm.isPaused()) pcm.resume();
    else if (!hasRoom && !pcm.isPaused()) pcm.pause();
  }
}
