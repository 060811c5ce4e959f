import { bitrateOf, type RenditionName } from "../../contracts/names.ts";
import { CHANNELS, SAMPLE_RATE } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import { backoff } from "../../kit/retry.ts";
import { type Child, startChild } from "../process/child.ts";
import { AdtsSplitter } from "./adts.ts";
import type { PcmHistory } from "./pcm-history.ts";
import { QuietTime } from "./quiet-time.ts";

/** Frames a healthy encoder holds back, generously. */
const NORMAL_LAG_FRAMES = 8;
const STALLED_AFTER_MS = 500;
/** A new process may take long on a busy machine. */
const UNSTARTED_AFTER_MS = 3000;
/** Frames fed to a new process before the first one wanted, so that its rate control and window have settled. */
const WARM_UP_FRAMES = 3;

/**
 * One rendition's long-lived ffmpeg. Frame numbers are exact, since the native AAC encoder primes by one frame: access
 * unit k of a process that was first fed frame f is frame f + k - 1. When the process dies or stalls, the next one is
 * fed again from the history, so that no frame is lost.
 */
export class Encoder {
  readonly rendition: RenditionName;
  readonly #options: EncoderOptions;
  readonly #quiet = new QuietTime();
  #child: Child;
  /** Frame to be fed to the process next. */
  #fed: number;
  /** Frame to come out next. */
  #nextFrame: number;
  #hasSpoken = false;
  #failures = 0;
  #resumeAt = 0;
  #isDown = false;
  #isStopped = false;
  #restarts = 0;

  constructor(options: EncoderOptions) {
    this.#options = options;
    this.rendition = options.rendition;
    this.#fed = options.history.next;
    this.#nextFrame = options.history.next;
    this.#child = this.#start();
  }

  get nextFrame(): number {
    return this.#nextFrame;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Feeds what has been mixed, and replaces a process that ended or hangs. To be called every few ms. */
  tick(elapsedMs: number): void {
    if (this.#isStopped) return;
    if (this.#isDown) {
      if (this.#options.clock.monotonic() < this.#resumeAt) return;
      this.#isDown = false;
      this.#child = this.#start();
    }
    const { history } = this.#options;
    for (; this.#fed < history.next; this.#fed++) this.#child.stdin.write(history.bytesOf(this.#fed));
    if (history.next - this.#nextFrame <= NORMAL_LAG_FRAMES) this.#quiet.heard();
    else this.#quiet.tick(elapsedMs);
    if (this.#quiet.ms > (this.#hasSpoken ? STALLED_AFTER_MS : UNSTARTED_AFTER_MS)) this.#child.kill();
  }

  /** Begins anew at the history's next frame: what was under way is given up. */
  restart(): void {
    this.#nextFrame = this.#options.history.next;
    this.#fed = this.#nextFrame;
    this.#child.kill();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#child.stop();
  }

  #start(): Child {
    const { ffmpeg, rendition, history } = this.#options;
    const first = Math.max(history.oldest, Math.min(this.#nextFrame - WARM_UP_FRAMES, history.next));
    this.#fed = first;
    this.#hasSpoken = false;
    this.#quiet.heard();
    const child = startChild(ffmpeg, encoderArguments(rendition));
    let frame = first - 1;
    const splitter = new AdtsSplitter((data) => this.#emit(child, frame++, data));
    child.stdout.on("data", (chunk: Buffer) => splitter.push(chunk));
    child.ended.then((reason) => this.#onEnd(child, reason));
    return child;
  }

  #emit(child: Child, frame: number, data: Buffer): void {
    if (child !== this.#child || this.#isStopped) return;
    this.#quiet.heard();
    this.#hasSpoken = true;
    if (frame !== this.#nextFrame) return;
    this.#nextFrame += 1;
    this.#failures = 0;
    this.#options.onFrame(this.rendition, frame, data);
  }

  #onEnd(child: Child, reason: string): void {
    if (this.#isStopped || child !== this.#child) return;
    const { clock, log, onRestart } = this.#options;
    this.#restarts += 1;
    const waitMs = this.#failures === 0 ? 0 : backoff(this.#failures, { firstMs: 100, maxMs: 5000 });
    this.#failures += 1;
    this.#resumeAt = clock.monotonic() + waitMs;
    this.#isDown = true;
    log.warn("encoder ended; it is started again", { rendition: this.rendition, reason, nextFrame: this.#nextFrame });
    onRestart(this.rendition, reason);
    this.tick(0);
  }
}

export type EncoderOptions = {
  ffmpeg: string;
  rendition: RenditionName;
  history: PcmHistory;
  onFrame(rendition: RenditionName, frame: number, data: Buffer): void;
  onRestart(rendition: RenditionName, reason: string): void;
  clock: Clock;
  log: Log;
};

function encoderArguments(rendition: RenditionName): string[] {
  const pcm = ["-f", "s16le", "-ar", `${SAMPLE_RATE}`, "-ac", `${CHANNELS}`];
  return [
    // Its index of where it could seek to would grow to a megabyte, and it cannot seek.
    ...["-nostdin", "-v", "error", "-threads", "1", "-probesize", "32", "-indexmem", "4096"],
    ...[...pcm, "-i", "pipe:0", "-vn"],
    ...["-c:a", "aac", "-b:a", `${bitrateOf(rendition)}`, "-threads", "1"],
    ...["-flush_packets", "1", "-f", "adts", "pipe:1"],
  ];
}
