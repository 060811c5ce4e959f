import { CHANNELS, SAMPLE_RATE, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import type { Log } from "../../kit/log.ts";
import { encodeFlvTag, FLV_AUDIO_HEADER, type FlvTag } from "../ingest/flv.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import { readStreamMetadata, type StreamMetadata } from "../ingest/stream-metadata.ts";
import { FADE_SAMPLES } from "./crossfade.ts";
import { decodeFlv } from "./decoder.ts";
import { DriftReader } from "./drift.ts";
import { JitterTarget } from "./jitter-target.ts";
import { PcmRing } from "./pcm-ring.ts";
import type { Heard, PcmSource } from "./pcm-source.ts";
import { QuietTime } from "./quiet-time.ts";
import { SilenceJudge } from "./silence.ts";

const RING_SAMPLES = 4 * SAMPLE_RATE;
/** More than this on air is a backlog after a standstill of the line: we jump over it. */
const BACKLOG_SAMPLES = 3 * SAMPLE_RATE;
/** With less than this it is high time to fade away. */
const LAST_SAMPLES = FADE_SAMPLES + 2 * SAMPLES_PER_FRAME;
/** With less than this, and nothing coming, it is time. */
const LOW_SAMPLES = Math.round(0.45 * SAMPLE_RATE);
const QUIET_MS = 150;
/** What was queued before so long a silence has nothing to do with what comes after. */
const OUTDATED_MS = 1000;
const MAX_WAITING_BYTES = 1 << 20;
const MAX_DECODERS_IN_VAIN = 3;
/** 5 s of AAC. */
const MAX_TAGS_IN_VAIN = 240;

/** A host's audio: FLV tags, decoded by ffmpeg, through a jitter buffer whose drift is corrected. */
export class LiveSource implements PcmSource {
  readonly id: string;
  readonly source = "live";
  readonly feed: LiveFeed;
  readonly #log: Log;
  readonly #ring = new PcmRing(RING_SAMPLES);
  readonly #reader = new DriftReader(this.#ring);
  readonly #jitter = new JitterTarget();
  readonly #quiet = new QuietTime();
  readonly #silence: SilenceJudge;
  readonly #spare = new Int16Array(SAMPLES_PER_FRAME * CHANNELS);
  #decoder: ReturnType<typeof decodeFlv> | null = null;
  #unsubscribe: () => void = () => {};
  /** Decoders and tags since the last sound that came of them. */
  #decodersInVain = 0;
  #tagsInVain = 0;
  #hasSound = false;
  #isSteady = false;
  #hasEnded = false;
  #isClosed = false;
  #heard: Heard;

  /** `silenceSeconds`: how long the host may be silent; 0 for ever. */
  constructor(feed: LiveFeed, silenceSeconds: () => number, log: Log) {
    this.feed = feed;
    this.#silence = new SilenceJudge(silenceSeconds);
    this.id = `live ${feed.id}`;
    this.#heard = heardOf(feed.key.name, { title: "", artist: "" });
    this.#log = log.with({ host: feed.key.name, remote: feed.remote });
    this.#openDecoder();
    feed.ended.then((reason) => {
      this.#log.info("live feed ended", { reason });
      this.#hasEnded = true;
      this.#unsubscribe();
      this.#decoder?.input.end();
    });
  }

  get heard(): Heard {
    return this.#heard;
  }

  /** True once the feed is over; what is queued may still be heard. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Its audio arrives as fast as it is heard, whether it is on air or not. */
  get isSteady(): boolean {
    return this.#isSteady && !this.#hasEnded;
  }

  get bufferMs(): number {
    return Math.round((this.#ring.fill * 1000) / SAMPLE_RATE);
  }

  get ready(): boolean {
    return this.#isSteady && !this.#hasEnded && this.#quiet.ms < QUIET_MS;
  }

  get starving(): boolean {
    const { fill } = this.#ring;
    return fill < LAST_SAMPLES || (fill < LOW_SAMPLES && (this.#hasEnded || this.#quiet.ms > QUIET_MS));
  }

  get silent(): boolean {
    return this.#silence.isSilent;
  }

  framesLeft(): null {
    return null;
  }

  read(out: Int16Array): void {
    if (this.#ring.fill > BACKLOG_SAMPLES) this.#jumpAhead(out);
    else this.#reader.read(out, this.#jitter.samples);
  }

  /** Off air nothing is heard, so a backlog goes, and steadiness is judged anew. */
  pass(): void {
    if (this.#decoder === null && !this.#hasEnded) this.#openDecoder();
    if (this.#quiet.ms > OUTDATED_MS) this.#ring.clear();
    const target = this.#jitter.samples;
    const { fill } = this.#ring;
    if (fill > target * 1.5) this.#ring.skip(fill - target);
    if (fill < LOW_SAMPLES) this.#isSteady = false;
    else if (fill >= target) this.#isSteady = true;
    this.#reader.reset();
  }

  tick(elapsedMs: number): void {
    this.#quiet.tick(elapsedMs);
    this.#jitter.tick(elapsedMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unsubscribe();
    await this.#decoder?.close();
  }

  #openDecoder(): void {
    this.#ring.clear();
    const decoder = decodeFlv();
    this.#decoder = decoder;
    decoder.input.write(FLV_AUDIO_HEADER);
    decoder.pcm.on("data", (chunk: Buffer) => {
      if (this.#hasSound) this.#jitter.sawGap(this.#quiet.ms);
      this.#hasSound = true;
      this.#decodersInVain = 0;
      this.#tagsInVain = 0;
      this.#quiet.heard();
      this.#silence.hear(this.#ring.pushBytes(chunk));
    });
    decoder.ended.then((reason) => this.#onDecoderEnd(reason));
    this.#unsubscribe = this.feed.onTag((tag) => this.#onTag(decoder, tag));
  }

  #onTag({ input }: ReturnType<typeof decodeFlv>, tag: FlvTag): void {
    if (tag.type === 18) this.#takeMetadata(tag.payload);
    if (tag.type !== 8) return;
    this.#tagsInVain += 1;
    if (this.#tagsInVain > MAX_TAGS_IN_VAIN) this.feed.close("its audio cannot be decoded");
    else if (input.writableLength < MAX_WAITING_BYTES) input.write(encodeFlvTag(tag));
  }

  /** What says nothing new begins no new item. */
  #takeMetadata(script: Buffer): void {
    const heard = heardOf(this.feed.key.name, readStreamMetadata(script));
    if (heard.title !== this.#heard.title || heard.artist !== this.#heard.artist) this.#heard = heard;
  }

  /** A new decoder would go on at another place, so it has to wait until nothing of this host is heard. */
  #onDecoderEnd(reason: string): void {
    if (this.#isClosed || this.#hasEnded) return;
    this.#unsubscribe();
    this.#decoder = null;
    this.#decodersInVain += 1;
    this.#log.warn("live decoder ended", { reason });
    if (this.#decodersInVain >= MAX_DECODERS_IN_VAIN)
      this.feed.close(`its audio cannot be decoded: ${reason}`.slice(0, 300));
  }

  /** Leaves the backlog out, with a crossfade of one frame from what would have come. */
  #jumpAhead(out: Int16Array): void {
    this.#ring.read(this.#spare);
    this.#ring.skip(this.#ring.fill - this.#jitter.samples);
    this.#reader.reset();
    this.#ring.read(out);
    for (let i = 0; i < out.length; i++) {
      const share = Math.floor(i / CHANNELS) / SAMPLES_PER_FRAME;
      out[i] = (out[i] ?? 0) * share + (this.#spare[i] ?? 0) * (1 - share);
    }
    this.#log.info("live backlog left out", { bufferMs: this.bufferMs });
  }
}

/** A host who says no title is known by his name. */
function heardOf(name: string, { title, artist }: StreamMetadata): Heard {
  const host = name.slice(0, 300);
  return { title: title || host, artist, host };
}
