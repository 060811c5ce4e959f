import type { RenditionName } from "../../contracts/names.ts";
import { audioPackets, counterAfter, type RenditionCopy } from "../../contracts/station-index.ts";
import type { Holdings } from "../playlist/merge.ts";

/**
 * The continuity counters between which the reel is heard under a number. Under one that exists but cannot be had it
 * takes the counter as far as the segment would. Under one that nobody has the counter stands still, so that edges need
 * not agree on how often the reel was heard: the programme resumes with the counter it would have gone on with. Only
 * before a segment that counts otherwise does it go there.
 */
export function placeInCounting(
  holdings: Holdings,
  rendition: RenditionName,
  number: number,
): { counter: number; advance: number } {
  const own = copyOf(holdings, rendition, number);
  if (own !== null) return { counter: own.counter, advance: Math.floor(audioPackets(own.bytes)) % 16 };
  const numbers = [...holdings.keys()].filter((held) => copyOf(holdings, rendition, held) !== null);
  const before = copyOf(holdings, rendition, numbers.findLast((held) => held < number) ?? -1);
  const following = numbers.find((held) => held > number) ?? -1;
  const after = copyOf(holdings, rendition, following);
  const counter = before === null ? (after?.counter ?? 0) : Math.floor(counterAfter(before));
  const isLast = after !== null && following === number + 1;
  return { counter, advance: isLast ? (after.counter - counter + 16) % 16 : 0 };
}

/** Of several copies that of the highest generation. */
function copyOf(holdings: Holdings, rendition: RenditionName, number: number): RenditionCopy | null {
  for (const { renditions } of holdings.get(number) ?? []) {
    const copy = renditions[rendition];
    if (copy !== undefined) return copy;
  }
  return null;
}
