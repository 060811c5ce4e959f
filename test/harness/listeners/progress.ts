import type { Stall } from "./listener.ts";

/** A player that stands still for longer than this is heard to. */
const STALL_MS = 300;
/** Positions may jitter by this much (seconds) without having moved. */
const JITTER_SECONDS = 0.01;
/** A move that is this much longer (seconds) than the time it took is a jump: something was left out. */
const JUMP_SECONDS = 0.5;

export type Jump = { at: number; seconds: number };

/** Watches the position of a player and tells when it stood still, and when it jumped. */
export class ProgressWatch {
  #began: number | null = null;
  #position = Number.NaN;
  #movedAt = 0;
  #advanced = 0;
  readonly #stalls: Stall[] = [];
  readonly #jumps: Jump[] = [];

  /** The player stands at `position` (seconds) at `now` (Unix ms). */
  at(now: number, position: number): void {
    if (Number.isNaN(this.#position)) {
      this.#position = position;
      return;
    }
    if (Math.abs(position - this.#position) <= JITTER_SECONDS) return;
    if (this.#began === null) this.#began = now;
    else this.#moved(now, position - this.#position);
    this.#position = position;
    this.#movedAt = now;
  }

  #moved(now: number, by: number): void {
    const took = (now - this.#movedAt) / 1000;
    if (now - this.#movedAt > STALL_MS) this.#stalls.push(stall(this.#movedAt, now));
    if (Math.abs(by) > took + JUMP_SECONDS) this.#jumps.push({ at: now, seconds: by - took });
    else this.#advanced += by;
  }

  get began(): number | null {
    return this.#began;
  }

  get jumps(): readonly Jump[] {
    return this.#jumps;
  }

  /** Seconds by which the position has advanced, jumps left out. */
  get advanced(): number {
    return this.#advanced;
  }

  stallsUntil(now: number): Stall[] {
    if (this.#began === null || now - this.#movedAt <= STALL_MS) return [...this.#stalls];
    return [...this.#stalls, stall(this.#movedAt, now)];
  }
}

function stall(from: number, to: number): Stall {
  return { at: from, seconds: (to - from) / 1000 };
}

export function describeJump({ at, seconds }: Jump): string {
  return `jumped by ${seconds.toFixed(1)} s at ${new Date(at).toISOString()}`;
}
