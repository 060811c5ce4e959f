import type { Sha256 } from "../../contracts/names.ts";
import { Memo } from "../cache/memo.ts";

export type Segment = {
  bytes: ArrayBuffer;
  sha256: Sha256;
  /** What is heard under a number that nobody has, or that cannot be had. */
  fromReel: boolean;
};

/** An isolate has 128 MB; this much of them holds what all listeners ask for within the same seconds. */
const MAX_BYTES = 16 << 20;
const MAX_SEGMENTS = 512;
/** That nobody has a segment is believed for this long. */
const ABSENT_MS = 1000;

/** The segments asked for most recently, whole and verified; the least recently asked for makes room. */
export class Shelf {
  readonly #memos = new Map<string, Memo<Segment | null>>();

  find(path: string): Segment | null {
    const memo = this.#memos.get(path);
    if (memo === undefined) return null;
    this.#memos.delete(path);
    this.#memos.set(path, memo);
    return memo.last ?? null;
  }

  /** Where a segment stands or will stand. */
  place(path: string): Memo<Segment | null> {
    const standing = this.#memos.get(path);
    if (standing !== undefined) return standing;
    this.#makeRoom();
    const memo = new Memo<Segment | null>("a segment", ({ value, readAt }) =>
      value === null ? readAt + ABSENT_MS : Number.POSITIVE_INFINITY,
    );
    this.#memos.set(path, memo);
    return memo;
  }

  #makeRoom(): void {
    let bytes = 0;
    for (const memo of this.#memos.values()) bytes += memo.last?.bytes.byteLength ?? 0;
    for (const [path, memo] of this.#memos) {
      if (bytes <= MAX_BYTES && this.#memos.size < MAX_SEGMENTS) return;
      bytes -= memo.last?.bytes.byteLength ?? 0;
      this.#memos.delete(path);
    }
  }
}
