import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import type { ListedSegment } from "../../contracts/playlist.ts";
import { segmentKey } from "../../contracts/storage.ts";
import { FROM_REEL, THROUGH_EDGE, type Whence } from "./listing.ts";

/**
 * The segments as a playlist names them. `through`: what stands before the names of those that come through the edge,
 * where the playlist itself does not.
 */
export function addressed(
  { slug, rendition }: { slug: StationSlug; rendition: RenditionName },
  { first, whence }: { first: number; whence: readonly Whence[] },
  segmentsUrl: string,
  through = "",
): ListedSegment[] {
  return whence.map((origin, index) => {
    const number = first + index;
    const isInBucket = origin !== THROUGH_EDGE && origin !== FROM_REEL;
    const uri = isInBucket ? `${segmentsUrl}/${segmentKey(slug, origin, rendition, number)}` : `${through}${number}.ts`;
    return { number, gap: false, uri };
  });
}

/** A playlist of the bucket as the edge serves it: what comes through the edge is named beside it. */
export function besideEdge(text: string, segmentsUrl: string): string {
  return text.replace(/^https?:\S+\/(\d+\.ts)$/gm, (uri, name) => (uri.startsWith(`${segmentsUrl}/`) ? uri : name));
}
