import { describe } from "../../../kit/log.ts";
import { type Figure, figureOf } from "./figures.ts";
import type { RowId, Stack } from "./rows.ts";

export type Measured = Partial<Record<RowId, readonly number[]>>;
/** A figure, or why there is none. */
export type Cell = Figure | { failed: string };

/** What was measured, stack by stack. */
export class Sheet {
  readonly #cells = new Map<string, Cell>();
  readonly #say: { error(words: string): void };

  constructor(say: { error(words: string): void } = console) {
    this.#say = say;
  }

  cell(row: RowId, stack: Stack): Cell | null {
    return this.#cells.get(`${row} ${stack}`) ?? null;
  }

  put(stack: Stack, measured: Measured): void {
    for (const [row, values] of Object.entries(measured)) this.#cells.set(`${row} ${stack}`, figureOf(values));
  }

  /** Runs one measurement; where it fails, those of `rows` that have no figure yet say so, and the run goes on. */
  async measure(stack: Stack, rows: readonly RowId[], run: () => Promise<Measured>): Promise<void> {
    try {
      this.put(stack, await run());
    } catch (thrown) {
      const words = thrown instanceof Error ? thrown.message : describe(thrown);
      this.#say.error(`${stack}: ${words}`);
      const failed = words.split("\n")[0] ?? "";
      for (const row of rows) if (!this.cell(row, stack)) this.#cells.set(`${row} ${stack}`, { failed });
    }
  }
}
