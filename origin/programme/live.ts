import type { Log } from "../../kit/log.ts";
import { encodeFlvTag, FLV_AUDIO_HEADER, type FlvTag } from "../ingest/flv.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import { readStreamMetadata, type StreamMetadata } from "../ingest/stream-metadata.ts";
import { decodeFlv } from "./decoder.ts";
import { JitterBuffer } from "./jitter-buffer.ts";
import type { Heard, PcmSource } from "./pcm-source.ts";
import { SilenceJudge } from "./silence.ts";

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
  readonly #buffer: JitterBuffer;
  readonly #silence: SilenceJudge;
  #decoder: ReturnType<typeof decodeFlv> | null = null;
  #unsubscribe: () => void = () => {};
  /** Decoders and tags since the last sound that came of them. */
  #decodersInVain = 0;
  #tagsInVain = 0;
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
    this.#buffer = new JitterBuffer(this.#log);
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
    return this.#buffer.isSteady && !this.#hasEnded;
  }

  get bufferMs(): number {
    return this.#buffer.ms;
  }

  get ready(): boolean {
    return this.isSteady;
  }

  get starving(): boolean {
    return this.#buffer.isStarving(this.#hasEnded);
  }

  get silent(): boolean {
    return this.#silence.isSilent;
  }

  framesLeft(): null {
    return null;
  }

  read(out: Int16Array): void {
    this.#buffer.read(out);
  }

  pass(): void {
    if (this.#decoder === null && !this.#hasEnded) this.#openDecoder();
    this.#buffer.pass();
  }

  tick(elapsedMs: number): void {
    this.#buffer.tick(elapsedMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unsubscribe();
    await this.#decoder?.close();
  }

  #openDecoder(): void {
    this.#buffer.clear();
    const decoder = decodeFlv();
    this.#decoder = decoder;
    decoder.input.write(FLV_AUDIO_HEADER);
    decoder.pcm.on("data", (chunk: Buffer) => {
      this.#decodersInVain = 0;
      this.#tagsInVain = 0;
      this.#silence.hear(this.#buffer.push(chunk));
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
}

/** A host who says no title is known by his name. */
function heardOf(name: string, { title, artist }: StreamMetadata): Heard {
  const host = name.slice(0, 300);
  return { title: title || host, artist, host };
}
