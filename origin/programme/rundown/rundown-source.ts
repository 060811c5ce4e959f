import type { UpcomingItem } from "../../../contracts/programme-item.ts";
import type { Rundown } from "../../../contracts/rundown/rundown.ts";
import type { RundownItem } from "../../../contracts/rundown-item.ts";
import { CHANNELS, SAMPLE_RATE, SAMPLES_PER_FRAME } from "../../../contracts/timeline.ts";
import type { Log } from "../../../kit/log.ts";
import type { PreparedFiles } from "../../plan/prepared-cache.ts";
import { FADE_SAMPLES } from "../crossfade.ts";
import type { Incident } from "../incident-gate.ts";
import type { Heard, PcmSource } from "../pcm-source.ts";
import { Deck } from "./deck.ts";
import { writeSum } from "./mix.ts";
import { type Supply, supplyFrom } from "./supply.ts";

const READY_SAMPLES = SAMPLE_RATE / 2;
const SHORT_SAMPLES = FADE_SAMPLES + 2 * SAMPLES_PER_FRAME;
/** An item's decoder starts so long before its place. */
const LEAD_SAMPLES = 4 * SAMPLE_RATE;
/** Further behind than this it is quicker to seek than to decode what nobody will hear. */
const SEEK_SAMPLES = 10 * SAMPLE_RATE;
/** How far ahead the rundown is known, and how often it is looked at anew. */
const KNOWN_SAMPLES = 1800 * SAMPLE_RATE;
const REFRESH_SAMPLES = SAMPLE_RATE;
/** Being late for so long is better than the node's own folder: the programme catches up. */
const HOPEFUL_MS = 4000;

const NOTHING: Heard = { title: "", artist: "" };

/**
 * Plays a station's rundown. What is heard in a sample follows from the rundown and the prepared files alone, so an origin
 * that takes over in the middle of a track goes on with the very next sample. Where a file is missing it is over, and
 * it is ready again as soon as what is due then is there.
 */
export class RundownSource implements PcmSource {
  readonly id = "rundown";
  readonly #rundown: () => Rundown | null;
  readonly #files: PreparedFiles;
  readonly #onIncident: (incident: Incident, cause: string) => void;
  readonly #log: Log;
  readonly #sum = new Float32Array(SAMPLES_PER_FRAME * CHANNELS);
  readonly #decks = new Map<string, Deck>();
  readonly #closing = new Set<Promise<void>>();
  /** By key, what was wrong with items when they were due. What is missing may come; what broke off is tried once more. */
  readonly #faults = new Map<string, "missing" | "tried" | "broken">();
  #known: { rundown: Rundown | null; at: number } = { rundown: null, at: Number.NEGATIVE_INFINITY };
  #items: readonly RundownItem[] = [];
  #current: { key: string; item: RundownItem; heard: Heard } | null = null;
  /** Programme time of what is mixed next, in samples. */
  #sample = 0;
  #supply: Supply = { until: 0, isGap: true };
  /** Whether an item is on in the next frame: nobody begins with the silence before one. */
  #isOn = false;
  #isClosed = false;

  constructor(options: {
    rundown: () => Rundown | null;
    files: PreparedFiles;
    /** `cause` tells two faults of one kind apart. */
    onIncident: (incident: Incident, cause: string) => void;
    log: Log;
  }) {
    this.#rundown = options.rundown;
    this.#files = options.files;
    this.#onIncident = options.onIncident;
    this.#log = options.log;
  }

  get source(): RundownItem["source"] {
    return this.#current?.item.source ?? "autopilot";
  }

  get ready(): boolean {
    return this.#isOn && this.#supply.until - this.#sample >= READY_SAMPLES;
  }

  get starving(): boolean {
    return this.#isShort && !this.#supply.isGap;
  }

  /** What comes next is missing, or there is nothing: it leaves in good order. */
  get isOver(): boolean {
    return this.#isShort && this.#supply.isGap;
  }

  /** Whether it is worth waiting a moment for more. */
  get isComing(): boolean {
    if (!this.#isOn || this.#supply.isGap) return false;
    return [...this.#decks.values()].every(({ quietMs }) => quietMs < HOPEFUL_MS);
  }

  get heard(): Heard {
    return this.#current?.heard ?? NOTHING;
  }

  framesLeft(frame: number): number | null {
    if (this.#current === null) return null;
    return Math.max(1, Math.round(this.#current.item.until / SAMPLES_PER_FRAME) - frame);
  }

  upcoming(count: number): UpcomingItem[] {
    return this.#items
      .filter(({ from }) => from >= this.#sample)
      .slice(0, count)
      .map(({ source, track, from, until }) => ({
        frame: Math.floor(from / SAMPLES_PER_FRAME),
        source,
        title: track.title,
        artist: track.artist,
        cover: track.cover ?? undefined,
        media: track.media,
        frames: Math.max(1, Math.round((until - from) / SAMPLES_PER_FRAME)),
      }));
  }

  read(out: Int16Array, frame: number): void {
    const sample = frame * SAMPLES_PER_FRAME;
    this.#sum.fill(0);
    for (const deck of this.#decks.values()) deck.addTo(this.#sum, sample);
    writeSum(this.#sum, out);
    this.pass(frame);
  }

  pass(frame: number): void {
    this.#sample = Math.max(this.#sample, (frame + 1) * SAMPLES_PER_FRAME);
    for (const deck of this.#decks.values()) deck.pass(this.#sample);
    this.#turn();
    this.#measure();
  }

  /** Opens and closes what is due before and after `frame`. To be called every few ms. */
  tick(frame: number, elapsedMs: number): void {
    if (this.#isClosed) return;
    this.#sample = frame * SAMPLES_PER_FRAME;
    this.#refresh();
    this.#eject();
    for (const item of this.#due()) this.#load(item);
    for (const deck of this.#decks.values()) {
      deck.pass(this.#sample);
      deck.tick(elapsedMs);
    }
    this.#measure();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const [key, deck] of this.#decks) this.#close(key, deck);
    await Promise.all(this.#closing);
  }

  get #isShort(): boolean {
    return this.#supply.until - this.#sample < SHORT_SAMPLES;
  }

  #refresh(): void {
    const rundown = this.#rundown();
    const age = this.#sample - this.#known.at;
    if (rundown === this.#known.rundown && age >= 0 && age < REFRESH_SAMPLES) return;
    this.#known = { rundown, at: this.#sample };
    this.#items = rundown?.at(this.#sample, this.#sample + KNOWN_SAMPLES) ?? [];
    const keys = new Set(this.#items.map(keyOf));
    for (const key of this.#faults.keys()) if (!keys.has(key)) this.#faults.delete(key);
  }

  /** The items whose sound is needed now or soon. */
  #due(): RundownItem[] {
    return this.#items.filter(({ from, until }) => until > this.#sample && from < this.#sample + LEAD_SAMPLES);
  }

  #eject(): void {
    const due = new Map(this.#due().map((item) => [keyOf(item), item]));
    for (const [key, deck] of this.#decks) {
      const item = due.get(key);
      if (item !== undefined) deck.item = item;
      if (item !== undefined && deck.isBroken) this.#breakOff(key, item);
      if (item === undefined || deck.isBroken || deck.behind > SEEK_SAMPLES) this.#close(key, deck);
    }
  }

  #load(item: RundownItem): void {
    const key = keyOf(item);
    if (this.#decks.has(key) || this.#faults.get(key) === "broken") return;
    const path = this.#files.pathOf(item.track.prepared);
    if (path !== null) this.#decks.set(key, new Deck(item, path, this.#sample));
    else if (!this.#faults.has(key)) {
      this.#faults.set(key, "missing");
      this.#report(item, "is not on this node");
    }
  }

  /** A decoder may have been killed; the second that ends at the same item proves its file broken. */
  #breakOff(key: string, item: RundownItem): void {
    const isSecond = this.#faults.get(key) === "tried";
    this.#faults.set(key, isSecond ? "broken" : "tried");
    if (!isSecond) return;
    this.#files.discard(item.track.prepared.sha256);
    this.#report(item, "does not decode to its end");
  }

  #report({ track }: RundownItem, reason: string): void {
    const { sha256 } = track.prepared;
    const message = `${track.artist} - ${track.title} (${sha256.slice(0, 12)}) ${reason}`;
    this.#onIncident({ kind: "track-missing", message }, `missing ${sha256}`);
  }

  #close(key: string, deck: Deck): void {
    this.#decks.delete(key);
    const closing = deck.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    this.#log.debug("rundown decoder ended", { title: deck.item.track.title });
  }

  #turn(): void {
    const item = this.#items.findLast(({ from }) => from < this.#sample);
    if (item === undefined || (this.#current !== null && keyOf(item) === this.#current.key)) return;
    const { title, artist, cover, media } = item.track;
    this.#current = { key: keyOf(item), item, heard: { title, artist, cover, media } };
  }

  #measure(): void {
    const due = this.#due();
    const supplied = due.map((item) => ({
      from: item.from,
      until: item.until,
      buffered: this.#decks.get(keyOf(item))?.buffered ?? null,
    }));
    this.#isOn = (due[0]?.from ?? Number.POSITIVE_INFINITY) < this.#sample + SAMPLES_PER_FRAME;
    this.#supply = supplyFrom(this.#sample, supplied, this.#sample + LEAD_SAMPLES);
  }
}

/** Tells one playing of a track from all others. */
function keyOf({ from, offset, track }: RundownItem): string {
  return `${from} ${offset} ${track.prepared.sha256}`;
}
