import type { UpcomingItem } from "../../contracts/programme-item.ts";
import { CHANNELS, SAMPLE_RATE, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import type { Log } from "../../kit/log.ts";
import { FADE_SAMPLES, fadeIn } from "./crossfade.ts";
import { type Decoder, decodeFile } from "./decoder.ts";
import type { Library } from "./library.ts";
import { BYTES_PER_SAMPLE, PcmRing, samplesOf } from "./pcm-ring.ts";
import type { Heard, PcmSource } from "./pcm-source.ts";
import { QuietTime } from "./quiet-time.ts";
import { placeAt, type Track, tracksFrom } from "./rotation.ts";

const RING_SAMPLES = 2 * SAMPLE_RATE;
/** A pipe gives at most 64 KiB at once. */
const LARGEST_CHUNK_SAMPLES = 65_536 / BYTES_PER_SAMPLE;
const READY_SAMPLES = SAMPLE_RATE / 2;
const STARVING_SAMPLES = FADE_SAMPLES + 2 * SAMPLES_PER_FRAME;
/** The next track's decoder starts when the present one has so much left to decode. */
const LEAD_SAMPLES = 4 * SAMPLE_RATE;
/** Further behind than this it is quicker to seek than to decode what nobody will hear. */
const SEEK_SAMPLES = 10 * SAMPLE_RATE;
const CUT_FADE_SAMPLES = SAMPLE_RATE / 50;
/** After a seek, MP3 needs some frames before it sounds right: these are decoded and dropped. */
const RUN_UP_SAMPLES = SAMPLE_RATE / 4;
/** An end that comes so much early is the seek's inexactness; more is a broken file. */
const TOLERANCE_SAMPLES = SAMPLE_RATE;
/** Being late for so long is better than the slate: the programme catches up. */
const HOPEFUL_MS = 4000;

/** A track on its way into the ring. */
type Deck = {
  track: Track;
  decoder: Decoder;
  heard: Heard;
  /** Programme time in samples at which the rotation has the track end. */
  endsAt: number;
  /** Samples into the track at which it was begun. */
  offset: number;
  /** Samples that have come since. */
  poured: number;
  /** Samples of the run-up still to drop. */
  dropping: number;
  /** Samples of the fade-in still before us; 0 for a track that begins at its beginning. */
  fading: number;
  hasEnded: boolean;
};

/** Where in the ring, counted since the start, an item begins. */
type Mark = { position: number; heard: Heard; endsAt: number };

const NOTHING: Heard = { title: "", artist: "" };

/** Plays the library without a gap, at the place that the rotation has for the programme's time. */
export class Autopilot implements PcmSource {
  readonly id = "autopilot";
  readonly source = "autopilot";
  readonly #library: Library;
  readonly #log: Log;
  readonly #ring = new PcmRing(RING_SAMPLES);
  readonly #quiet = new QuietTime();
  readonly #closing = new Set<Promise<void>>();
  /** Tracks that broke off once. A decoder may have been killed; the second that ends too soon proves its file broken. */
  readonly #doubted = new WeakSet<Track>();
  #deck: Deck | null = null;
  #following: Deck | null = null;
  #marks: Mark[] = [];
  #current: Mark | null = null;
  /** Programme time, in samples, of the ring's head. */
  #position = 0;
  #isClosed = false;

  constructor(library: Library, log: Log) {
    this.#library = library;
    this.#log = log;
  }

  get ready(): boolean {
    return this.#ring.fill >= READY_SAMPLES;
  }

  get starving(): boolean {
    return this.#ring.fill < STARVING_SAMPLES;
  }

  /** Whether it is worth waiting a moment for more. */
  get isComing(): boolean {
    return this.#deck === null ? !this.#library.isSettled() : this.#quiet.ms < HOPEFUL_MS;
  }

  get heard(): Heard {
    return this.#current?.heard ?? NOTHING;
  }

  framesLeft(frame: number): number | null {
    if (this.#current === null) return null;
    return Math.max(1, Math.round(this.#current.endsAt / SAMPLES_PER_FRAME) - frame);
  }

  upcoming(count: number): UpcomingItem[] {
    const tracks = this.#library.tracks();
    return tracksFrom(tracks, this.#current?.endsAt ?? this.#position, count);
  }

  read(out: Int16Array, frame: number): void {
    this.pass(frame - 1);
    this.#advance(this.#ring.read(out));
  }

  pass(frame: number): void {
    const behind = (frame + 1) * SAMPLES_PER_FRAME - this.#position;
    if (behind <= 0) return;
    const passed = Math.min(behind, this.#ring.fill);
    this.#ring.skip(passed);
    this.#advance(passed);
  }

  /** Opens, prefetches and pours what is due at `frame`. To be called every few ms. */
  tick(frame: number, elapsedMs: number): void {
    if (this.#isClosed) return;
    this.#quiet.tick(elapsedMs);
    // What was decoded too late must not count as sound in hand.
    this.pass(frame - 1);
    const behind = frame * SAMPLES_PER_FRAME - this.#position - this.#ring.fill;
    if (this.#deck !== null && behind > SEEK_SAMPLES) this.#reset();
    if (this.#deck === null) this.#open(frame);
    else if (this.#following === null && leftOn(this.#deck) < LEAD_SAMPLES)
      this.#following = this.#load(this.#deck.endsAt);
    this.#letFlow();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#reset();
    await Promise.all(this.#closing);
  }

  #reset(): void {
    for (const deck of [this.#deck, this.#following]) if (deck !== null) this.#eject(deck);
    this.#deck = null;
    this.#following = null;
    this.#ring.clear();
    this.#marks = [];
    this.#current = null;
  }

  #open(frame: number): void {
    if (this.#ring.fill === 0) this.#position = frame * SAMPLES_PER_FRAME;
    const deck = this.#load(this.#position + this.#ring.fill);
    if (deck === null) return;
    this.#quiet.heard();
    this.#begin(deck);
  }

  /** Starts decoding the track that the rotation has at `sample`; null for an empty library. */
  #load(sample: number): Deck | null {
    const place = placeAt(this.#library.tracks(), sample);
    if (place === null) return null;
    const { track, offset } = place;
    const dropping = Math.min(offset, RUN_UP_SAMPLES);
    const decoder = decodeFile(this.#library.pathOf(track), offset - dropping);
    const deck: Deck = {
      track,
      decoder,
      heard: { title: track.title, artist: track.artist },
      endsAt: sample - offset + track.samples,
      offset,
      poured: 0,
      dropping,
      fading: offset === 0 ? 0 : CUT_FADE_SAMPLES,
      hasEnded: false,
    };
    let odd: Buffer = Buffer.alloc(0);
    decoder.pcm.pause();
    decoder.pcm.on("data", (chunk: Buffer) => {
      const bytes = odd.length === 0 ? chunk : Buffer.concat([odd, chunk]);
      const whole = bytes.length - (bytes.length % BYTES_PER_SAMPLE);
      odd = Buffer.from(bytes.subarray(whole));
      this.#pour(deck, samplesOf(bytes.subarray(0, whole)));
    });
    decoder.pcm.on("end", () => {
      deck.hasEnded = true;
      if (deck === this.#deck) this.#turnOver(deck);
    });
    return deck;
  }

  #begin(deck: Deck): void {
    this.#deck = deck;
    this.#marks.push({ position: this.#position + this.#ring.fill, heard: deck.heard, endsAt: deck.endsAt });
    if (deck.hasEnded) this.#turnOver(deck);
    else this.#letFlow();
  }

  #pour(deck: Deck, values: Int16Array): void {
    if (deck !== this.#deck) return;
    this.#quiet.heard();
    const dropped = Math.min(deck.dropping, values.length / CHANNELS);
    deck.dropping -= dropped;
    const taken = values.subarray(dropped * CHANNELS, (dropped + leftOn(deck) + slackOf(deck)) * CHANNELS);
    if (deck.fading > 0) {
      fadeIn(taken, CUT_FADE_SAMPLES - deck.fading, CUT_FADE_SAMPLES);
      deck.fading = Math.max(0, deck.fading - taken.length / CHANNELS);
    }
    this.#ring.push(taken);
    deck.poured += taken.length / CHANNELS;
    if (leftOn(deck) + slackOf(deck) === 0) this.#turnOver(deck);
    else this.#letFlow();
  }

  /** The present track is over: the next one follows without a gap. */
  #turnOver(deck: Deck): void {
    if (this.#isClosed) return;
    this.#eject(deck);
    this.#deck = null;
    let next = this.#following;
    this.#following = null;
    if (isBroken(deck)) {
      if (next !== null) this.#eject(next);
      if (this.#doubted.has(deck.track))
        this.#library.reject(deck.track, `stopped decoding ${Math.round(leftOn(deck) / SAMPLE_RATE)} s before its end`);
      else this.#doubted.add(deck.track);
      next = this.#load(this.#position + this.#ring.fill);
    } else this.#doubted.delete(deck.track);
    next ??= this.#load(deck.endsAt);
    if (next !== null) this.#begin(next);
  }

  #letFlow(): void {
    const pcm = this.#deck?.decoder.pcm;
    if (pcm === undefined) return;
    const hasRoom = this.#ring.free >= LARGEST_CHUNK_SAMPLES;
    if (hasRoom && pcm.isPaused()) pcm.resume();
    else if (!hasRoom && !pcm.isPaused()) pcm.pause();
  }

  #advance(samples: number): void {
    this.#position += samples;
    for (let next = this.#marks[0]; next !== undefined && next.position < this.#position; next = this.#marks[0]) {
      this.#current = next;
      this.#marks.shift();
    }
  }

  #eject(deck: Deck): void {
    const closing = deck.decoder.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    this.#log.debug("track decoder ended", { path: deck.track.path });
  }
}

/** Samples the deck has still to give. */
function leftOn({ track, offset, poured }: Deck): number {
  return track.samples - offset - poured;
}

/** Where one joins in the middle, the seek may be inexact: the track then runs to its own end rather than be cut. */
function slackOf({ offset }: Deck): number {
  return offset === 0 ? 0 : TOLERANCE_SAMPLES;
}

/** Whether a track that ended early is to blame, and not the seek. */
function isBroken(deck: Deck): boolean {
  const isEmpty = deck.poured === 0;
  return (deck.offset === 0 && isEmpty) || (leftOn(deck) > TOLERANCE_SAMPLES && (deck.offset === 0 || isEmpty));
}
