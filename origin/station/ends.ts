import type { Published } from "../../contracts/published.ts";
import { counterAfter, type StationIndex } from "../../contracts/station-index.ts";

/** Where this node's own segments end. */
export function ownEnd(index: StationIndex): Published | null {
  const last = index.segments.at(-1);
  if (last === undefined) return null;
  const counters: Published["counters"] = {};
  for (const [rendition, copy] of Object.entries(last.renditions)) {
    if (copy !== undefined) counters[rendition] = counterAfter(copy);
  }
  return { segment: last.number, generation: last.generation, counters };
}
