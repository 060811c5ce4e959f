import type { PlannedRelay } from "../../contracts/plan.ts";
import { describe, type Log } from "../../kit/log.ts";
import { pause } from "../../kit/loop.ts";
import { backoff } from "../../kit/retry.ts";
import { JitterBuffer } from "../programme/jitter-buffer.ts";
import type { Heard, PcmSource } from "../programme/pcm-source.ts";
import { QuietTime } from "../programme/quiet-time.ts";
import { SilenceJudge } from "../programme/silence.ts";
import { RelayRefused } from "./address.ts";
import type { RelayRecord } from "./relay-record.ts";
import { openRelay, type RelayDependencies, type RelayStream } from "./relay-stream.ts";

const RECONNECT = { firstMs: 500, maxMs: 15_000 };
/** Names may come to mean another address; there is no hurry about it. */
const RETRY_REFUSED_MS = 60_000;
/** A connection that stands but brings nothing is given up. */
const STALL_MS = 6000;

export type RelayOptions = RelayDependencies & {
  record: RelayRecord;
  /** How long it may be silent; 0: for ever. */
  silenceSeconds(): number;
  /** It was heard, and is not any more; or it leads where no relay may. */
  onEnd(how: "lost" | "refused", reason: string): void;
  log: Log;
  random?: () => number;
};

/** Another station's stream as a source: connected for as long as it is wanted, and again whenever that ends. */
export class RelaySource implements PcmSource {
  readonly id: string;
  readonly source = "relay";
  readonly relay: PlannedRelay;
  readonly #options: RelayOptions;
  readonly #log: Log;
  readonly #buffer: JitterBuffer;
  readonly #silence: SilenceJudge;
  readonly #waiting = new QuietTime();
  readonly #abort = new AbortController();
  readonly #run: Promise<void>;
  #stream: RelayStream | null = null;
  #hasSound = false;
  #isStalled = false;
  /** What is queued is the rest of a connection that is over: a new one goes on at another place. */
  #isRest = false;
  #heard: Heard;

  constructor(relay: PlannedRelay, options: RelayOptions) {
    this.relay = relay;
    this.id = `relay ${relay.id}`;
    this.#options = options;
    this.#log = options.log.with({ relay: relay.id });
    this.#buffer = new JitterBuffer(this.#log);
    this.#silence = new SilenceJudge(options.silenceSeconds);
    this.#heard = { title: relay.name, artist: "" };
    this.#run = this.#stayConnected();
  }

  get ready(): boolean {
    return this.#stream !== null && this.#buffer.isSteady && !this.silent;
  }

  get starving(): boolean {
    return this.#buffer.isStarving(this.#stream === null || this.#isRest);
  }

  get silent(): boolean {
    return this.#silence.isSilent;
  }

  get isOver(): boolean {
    return this.silent;
  }

  get heard(): Heard {
    return this.#heard;
  }

  framesLeft(): null {
    return null;
  }

  read(out: Int16Array): void {
    this.#buffer.read(out);
  }

  pass(): void {
    if (this.#isRest) this.#buffer.clear();
    this.#isRest = false;
    this.#buffer.pass();
  }

  tick(elapsedMs: number): void {
    const { record } = this.#options;
    this.#buffer.tick(elapsedMs);
    this.#waiting.tick(elapsedMs);
    record.tick(elapsedMs, this.#hasSound && this.#waiting.ms < STALL_MS);
    if (this.#stream === null) return;
    this.#follow(this.#stream);
    if (this.#hasSound) record.become(this.silent ? "silent" : "connected");
    if (this.#waiting.ms < STALL_MS || this.#isStalled) return;
    this.#isStalled = true;
    void this.#stream.close();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#run;
  }

  async #stayConnected(): Promise<void> {
    const { signal } = this.#abort;
    for (let failures = 0; !signal.aborted; failures++) {
      const refused = await this.#listen(signal);
      if (this.#hasSound) failures = 0;
      this.#hasSound = false;
      const waitMs = refused ? RETRY_REFUSED_MS : backoff(failures, RECONNECT, this.#options.random);
      await pause(waitMs, signal);
    }
  }

  /** One connection from its beginning to its end; answers whether it was refused. */
  async #listen(signal: AbortSignal): Promise<boolean> {
    const { record, onEnd } = this.#options;
    const end = await this.#connection(signal);
    if (signal.aborted) return false;
    const reason = this.#isStalled ? "its sound stopped arriving" : end.reason;
    this.#log.info("relay ended", { reason });
    record.become(end.isRefused ? "refused" : "failed", reason);
    if (end.isRefused) onEnd("refused", reason);
    else if (this.#hasSound) onEnd("lost", reason);
    return end.isRefused;
  }

  async #connection(signal: AbortSignal): Promise<{ reason: string; isRefused: boolean }> {
    try {
      const stream = await openRelay(this.relay.url, this.#options, signal);
      this.#begin(stream);
      const end = await stream.ended;
      this.#stream = null;
      this.#isRest = this.#hasSound;
      return end;
    } catch (thrown) {
      const isRefused = thrown instanceof RelayRefused;
      return { reason: isRefused ? thrown.message : describe(thrown).replace(/^(?:Error: )+/, ""), isRefused };
    }
  }

  #begin(stream: RelayStream): void {
    this.#stream = stream;
    this.#isStalled = false;
    this.#waiting.heard();
    stream.pcm.on("data", (chunk: Buffer) => {
      this.#waiting.heard();
      this.#hasSound = true;
      if (this.#isRest) return;
      const values = this.#buffer.push(chunk);
      this.#silence.hear(values);
      this.#options.record.hear(values);
    });
  }

  /** Takes over the title that the stream says it plays. */
  #follow(stream: RelayStream): void {
    const facts = stream.facts();
    this.#options.record.learn(facts);
    const { heard } = facts;
    if (heard === null || (heard.title === this.#heard.title && heard.artist === this.#heard.artist)) return;
    this.#heard = heard;
  }
}
