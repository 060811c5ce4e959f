import type { RenditionName } from "../../contracts/names.ts";
import type { Holdings } from "../playlist/merge.ts";
import { type Counting, placeInCounting } from "./place.ts";

/** Numbers remembered, more than a playlist reaches back. */
const REMEMBERED = 96;

/**
 * Between which counters numbers were heard here. What was decided once stays, and the next number goes on from it, though
 * another studio has meanwhile said something else of the same number.
 */
export class Counted {
  readonly #placed = new Map<RenditionName, Map<number, Counting>>();

  place(heard: Holdings, rendition: RenditionName, number: number): Counting {
    const placed = this.#placed.get(rendition) ?? new Map<number, Counting>();
    this.#placed.set(rendition, placed);
    const known = placed.get(number);
    if (known !== undefined) return known;
    const planned = placeInCounting(heard, rendition, number);
    const before = placed.get(number - 1);
    const counter = before === undefined ? planned.counter : (before.counter + before.advance) % 16;
    const isHeld = heard.get(number)?.some(({ renditions }) => renditions[rendition] !== undefined) ?? false;
    const advance = isHeld ? (planned.counter + planned.advance - counter + 32) % 16 : 0;
    const own = { counter, advance };
    placed.set(number, own);
    for (const oldest of placed.keys()) if (placed.size > REMEMBERED) placed.delete(oldest);
    return own;
  }
}
