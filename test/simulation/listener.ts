import { segmentSeconds } from "../../contracts/timeline.ts";
import { segmentsOf } from "../../worker/playlist/window.ts";
import type { Heard, Listing, SimulatedEdge } from "./edge.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Players begin three segments before the end (RFC 8216, 6.3.3), and keep no more than so much ahead. */
const START_SEGMENTS = 3;
const BUFFER_MS = 30_000;
const JOIN_AGAIN_MS = 1000;

/** Ms that a listener has heard of each kind; what was not to be heard is `stalled`. */
export type Listened = { programme: number; reel: number; silence: number; garbage: number; stalled: number };

/** What a player asks of the edge. */
type Ears = Pick<SimulatedEdge, "playlist" | "segment">;
type Buffered = { leftMs: number; content: Heard["content"] };

/** Someone who listens as players do, with a buffer, and notes what there was to be heard. */
export class Listener {
  readonly listened: Listened = { programme: 0, reel: 0, silence: 0, garbage: 0, stalled: 0 };
  /** What no playlist may do, where one did. */
  readonly violations: string[] = [];
  readonly #time: VirtualTime;
  readonly #edge: Ears;
  readonly #lengthMs: number;
  #buffer: Buffered[] = [];
  #bufferedMs = 0;
  #playedUntil: number;
  #hasBegun = false;
  #isFetching = false;
  #next: number | null = null;
  #last: { first: number; edge: number } | null = null;

  constructor(parts: { time: VirtualTime; edge: Ears; framesPerSegment: number; joinsInMs: number }) {
    this.#time = parts.time;
    this.#edge = parts.edge;
    this.#lengthMs = segmentSeconds(parts.framesPerSegment) * 1000;
    this.#playedUntil = parts.time.monotonic();
    parts.time.in(parts.joinsInMs, () => this.#poll());
  }

  /** Whether it could be left alone: it hears the programme, and has enough of it. */
  isContent(): boolean {
    this.#play();
    return (
      this.#hasBegun &&
      this.#bufferedMs >= this.#lengthMs &&
      this.#buffer.every(({ content }) => content === "programme")
    );
  }

  leap(ms: number, segments: number): void {
    this.#play();
    this.listened.programme += ms;
    if (this.#next !== null) this.#next += segments;
    if (this.#last !== null) {
      this.#last = { first: this.#last.first + segments, edge: this.#last.edge + segments };
    }
  }

  /** Everything up to now is noted. */
  finish(): Listened {
    this.#play();
    return this.listened;
  }

  #poll(): void {
    const askedAt = this.#time.monotonic();
    this.#edge.playlist((listing) => {
      const changed = listing !== null && listing.window.edge !== this.#last?.edge;
      if (listing !== null) this.#take(listing);
      const pause = changed ? this.#lengthMs : this.#lengthMs / 2;
      const sinceAsked = this.#time.monotonic() - askedAt;
      const reload = listing === null ? JOIN_AGAIN_MS : Math.max(pause - sinceAsked, listing.freshMs, 0);
      this.#time.in(reload, () => this.#poll());
    });
  }

  #take({ window }: Listing): void {
    this.#check(window);
    const listed = segmentsOf(window);
    this.#next ??= Math.max(window.first, window.edge - START_SEGMENTS + 1);
    if (this.#next < window.first) {
      this.violations.push(`number ${this.#next} fell out of the playlist before it could be fetched`);
      this.#next = window.first;
    }
    if (listed.some(({ number }) => number === this.#next)) this.#fetch();
  }

  /** Never withdrawn, never a hole, never back (RFC 8216, 6.2.1 and 6.2.2). */
  #check(window: { first: number; edge: number }): void {
    const before = this.#last;
    const numbers = segmentsOf(window).map(({ number }) => number);
    if (numbers.some((number, index) => number !== window.first + index)) this.violations.push("a hole in a playlist");
    if (numbers.length === 0) this.violations.push("a playlist that lists nothing");
    if (before !== null && window.edge < before.edge) {
      this.violations.push(`what was listed up to ${before.edge} was withdrawn to ${window.edge}`);
    }
    if (before !== null && window.first < before.first) {
      this.violations.push(`the media sequence went back from ${before.first} to ${window.first}`);
    }
    this.#last = { first: window.first, edge: window.edge };
  }

  #fetch(): void {
    const number = this.#next;
    if (number === null || this.#isFetching || number > (this.#last?.edge ?? -1)) return;
    this.#play();
    if (this.#bufferedMs > BUFFER_MS) return;
    this.#isFetching = true;
    this.#edge.segment(number, ({ content }) => {
      this.#isFetching = false;
      this.#play();
      this.#buffer.push({ leftMs: this.#lengthMs, content });
      this.#bufferedMs += this.#lengthMs;
      this.#hasBegun = true;
      this.#next = number + 1;
      this.#fetch();
    });
  }

  /** Plays what is buffered up to now; what is missing is a stall. */
  #play(): void {
    const now = this.#time.monotonic();
    let elapsed = now - this.#playedUntil;
    this.#playedUntil = now;
    if (!this.#hasBegun) return;
    while (elapsed > 0) {
      const first = this.#buffer[0];
      if (first === undefined) break;
      const heard = Math.min(first.leftMs, elapsed);
      this.listened[first.content] += heard;
      first.leftMs -= heard;
      this.#bufferedMs -= heard;
      elapsed -= heard;
      if (first.leftMs <= 0) this.#buffer.shift();
    }
    this.listened.stalled += elapsed;
  }
}
