import type { OriginId, RenditionName } from "../../contracts/names.ts";
import type { Copy, Holdings } from "./merge.ts";

/** So many equal copies are right when another differs (invariant 2: all of one generation are the same). */
const MAJORITY = 2;

/** How many origins of the copy's generation hold the very bytes that it has of the rendition. */
export function agreement(copy: Copy, copies: readonly Copy[], rendition: RenditionName): number {
  const own = copy.renditions[rendition]?.sha256;
  return copies.filter(
    ({ generation, renditions }) => generation === copy.generation && renditions[rendition]?.sha256 === own,
  ).length;
}

/**
 * The origins that hold something else than most others do, under any number that is remembered. What they publish
 * first, before anyone else has it, is not to be believed either.
 */
export function distrusted(holdings: Holdings): ReadonlySet<OriginId> {
  const odd = new Set<OriginId>();
  for (const copies of holdings.values()) {
    for (const copy of copies) if (isOutvoted(copy, copies)) odd.add(copy.origin);
  }
  return odd;
}

function isOutvoted(copy: Copy, copies: readonly Copy[]): boolean {
  return Object.keys(copy.renditions).some((rendition) => {
    const own = agreement(copy, copies, rendition);
    return copies.some(
      (other) =>
        other.generation === copy.generation &&
        other.renditions[rendition] !== undefined &&
        agreement(other, copies, rendition) >= Math.max(MAJORITY, own + 1),
    );
  });
}
