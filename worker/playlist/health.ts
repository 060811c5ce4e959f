import type { EdgeHealth, SeenOrigin } from "../../contracts/edge-health.ts";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { RoutedStation } from "../../contracts/routing.ts";
import type { IndexedSegment, StationIndex } from "../../contracts/station-index.ts";
import type { Window } from "./window.ts";

/** A station as the edge sees it at `now` (Unix ms). */
export function renderHealth(
  slug: StationSlug,
  station: RoutedStation,
  indexes: readonly StationIndex[],
  windowOf: (rendition: string) => Window,
  now: number,
): EdgeHealth {
  const listed = station.renditions.map((rendition) => {
    const { edge, reelSince } = windowOf(rendition);
    return { rendition, newest: edge, reel: reelSince !== null };
  });
  const origins = station.slicers.map(({ origin, weight }) => seen(origin, weight, indexes, now));
  return { station: slug, now, listed, origins };
}

function seen(origin: OriginId, weight: number, indexes: readonly StationIndex[], now: number): SeenOrigin {
  const own = indexes.find((index) => index.origin === origin);
  const peers = indexes.filter((index) => index !== own);
  const shared = (own?.segments ?? []).map((segment) => ({ number: segment.number, same: isSame(segment, peers) }));
  return {
    origin,
    weight,
    newest: own?.segments.at(-1)?.number ?? null,
    ageMs: own === undefined ? null : Math.round(now - own.updatedAt),
    agreeing: shared.filter(({ same }) => same === true).length,
    differing: shared.filter(({ same }) => same === false).map(({ number }) => number),
  };
}

/** Whether every peer that has the segment of this generation has the same bytes (invariant 2); null when none has it. */
function isSame(segment: IndexedSegment, peers: readonly StationIndex[]): boolean | null {
  const copies = peers.flatMap(({ segments }) =>
    segments.filter(({ number, generation }) => number === segment.number && generation === segment.generation),
  );
  const pairs = copies.flatMap(({ renditions }) =>
    Object.entries(segment.renditions).flatMap(([rendition, own]) => {
      const other = renditions[rendition];
      return own === undefined || other === undefined ? [] : [own.sha256 === other.sha256];
    }),
  );
  return pairs.length === 0 ? null : pairs.every((same) => same);
}
