import type { OriginId, RenditionName, Sha256, StationSlug } from "../../contracts/names.ts";
import type { RoutedStation } from "../../contracts/routing.ts";
import type { Copy } from "../playlist/merge.ts";
import { agreement } from "../playlist/trust.ts";
import { choose } from "../routing/choose.ts";

/** Origins that are asked for one segment; more would only make a listener wait longer for the same answer. */
const MAX_ORIGINS = 3;

export type Attempt = {
  via: "R2" | "origin";
  origin: OriginId;
  /** What the bytes must hash to; null when only R2's own checksum can tell. */
  sha256: Sha256 | null;
};

/** Whom to ask for a segment, in this order: R2 of each origin that has it, then those origins themselves. */
export function planAttempts(
  slug: StationSlug,
  station: RoutedStation,
  rendition: RenditionName,
  number: number,
  copies: readonly Copy[],
): Attempt[] {
  const weights = new Map(station.slicers.map(({ origin, weight }) => [origin, weight]));
  const candidates = copies.flatMap((copy) => {
    const { origin, generation } = copy;
    const sha256 = copy.renditions[rendition]?.sha256;
    if (sha256 === undefined) return [];
    const weight = weights.get(origin) ?? 0;
    return [{ origin, generation, sha256, weight, agreement: agreement(copy, copies, rendition) }];
  });
  const chosen = choose(slug, number, candidates).slice(0, MAX_ORIGINS);
  return [
    ...chosen.map(({ origin, sha256 }): Attempt => ({ via: "R2", origin, sha256 })),
    ...chosen.map(({ origin, sha256 }): Attempt => ({ via: "origin", origin, sha256 })),
  ];
}

/** For a number that no index lists any more: it may still lie in R2. */
export function planBlindAttempts(slug: StationSlug, station: RoutedStation, number: number): Attempt[] {
  const candidates = station.slicers.map((slicer) => ({ ...slicer, generation: 0, agreement: 1 }));
  return choose(slug, number, candidates)
    .slice(0, MAX_ORIGINS)
    .map(({ origin }): Attempt => ({ via: "R2", origin, sha256: null }));
}

/** An R2 that hangs for one origin hangs for the next: the origins themselves come first then. */
export function afterHang(remaining: readonly Attempt[]): Attempt[] {
  return [...remaining.filter(({ via }) => via === "origin"), ...remaining.filter(({ via }) => via === "R2")];
}
