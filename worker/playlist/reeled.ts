import type { RenditionName } from "../../contracts/names.ts";
import type { Holdings } from "./merge.ts";
import type { Window } from "./window.ts";

/** Numbers remembered, more than an index or a playlist reaches back. */
const REMEMBERED = 96;

/**
 * The numbers under which the reel was listed. They stay the reel's, also when somebody brings them after all: whoever
 * listens has heard the reel there, and what follows goes on from its counters.
 */
export class Reeled {
  readonly #numbers = new Map<RenditionName, Set<number>>();

  /** Takes in what a window lists of what is held. */
  note(rendition: RenditionName, { first, edge }: Pick<Window, "first" | "edge">, holdings: Holdings): void {
    const numbers = this.#numbers.get(rendition) ?? new Set();
    this.#numbers.set(rendition, numbers);
    const isHeld = (number: number) => holdings.get(number)?.some((copy) => copy.renditions[rendition]) ?? false;
    for (let number = first; number <= edge; number += 1) if (!isHeld(number)) numbers.add(number);
    for (const number of numbers) if (number < edge - REMEMBERED) numbers.delete(number);
  }

  /** Takes in numbers under which all edges have listed it. */
  add(rendition: RenditionName, numbers: Iterable<number>): void {
    const known = this.#numbers.get(rendition) ?? new Set();
    this.#numbers.set(rendition, known);
    for (const number of numbers) known.add(number);
  }

  has(rendition: RenditionName, number: number): boolean {
    return this.#numbers.get(rendition)?.has(number) ?? false;
  }

  /** What is held of the numbers under which the programme is heard. */
  heard(rendition: RenditionName, holdings: Holdings): Holdings {
    const numbers = this.#numbers.get(rendition);
    if (numbers === undefined || numbers.size === 0) return holdings;
    return new Map([...holdings].filter(([number]) => !numbers.has(number)));
  }
}
