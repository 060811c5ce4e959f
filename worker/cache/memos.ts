import { Memo, type Reading } from "./memo.ts";

type MemosOptions<T> = {
  /** Names one of them in the log. */
  subject: (name: string) => string;
  freshMs: (value: T) => number;
  max: number;
};

/** Memos by name. The one that was asked for longest ago makes room for a new one. */
export class Memos<T> {
  readonly #memos = new Map<string, Memo<T>>();
  readonly #options: MemosOptions<T>;

  constructor(options: MemosOptions<T>) {
    this.#options = options;
  }

  of(name: string): Memo<T> {
    const { subject, freshMs, max } = this.#options;
    const freshUntil = ({ value, readAt }: Reading<T>) => readAt + freshMs(value);
    const memo = this.#memos.get(name) ?? new Memo<T>(subject(name), freshUntil);
    this.#memos.delete(name);
    this.#memos.set(name, memo);
    for (const oldest of this.#memos.keys()) if (this.#memos.size > max) this.#memos.delete(oldest);
    return memo;
  }
}
