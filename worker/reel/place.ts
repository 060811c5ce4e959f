import type { RenditionName } from "../../contracts/names.ts";
import { counterAfter, type RenditionCopy } from "../../contracts/station-index.ts";
import type { Holdings } from "../playlist/merge.ts";

/** The counter with which a number's audio begins, and how far it takes it, mod 16. */
export type Counting = { counter: number; advance: number };

/**
 * The continuity counters (ISO 13818-1, 2.4.3.3) between which a number is heard, given what is held of the numbers
 * under which the programme is heard. Each goes on from the one before it. A segment of the programme ends where it
 * says; under the reel the counter stands still, so that edges need not agree on how often the reel was heard.
 */
export function placeInCounting(heard: Holdings, rendition: RenditionName, number: number): Counting {
  const numbers = [...heard.keys()].filter((held) => copyOf(heard, rendition, held) !== null);
  const before = copyOf(heard, rendition, numbers.findLast((held) => held < number) ?? -1);
  const following = copyOf(heard, rendition, numbers.find((held) => held >= number) ?? -1);
  const counter = Math.floor(before === null ? (following?.counter ?? 0) : counterAfter(before));
  const own = copyOf(heard, rendition, number);
  return { counter, advance: own === null ? 0 : (Math.floor(counterAfter(own)) - counter + 16) % 16 };
}

/** Of several copies that of the highest generation. */
function copyOf(holdings: Holdings, rendition: RenditionName, number: number): RenditionCopy | null {
  for (const { renditions } of holdings.get(number) ?? []) {
    const copy = renditions[rendition];
    if (copy !== undefined) return copy;
  }
  return null;
}
