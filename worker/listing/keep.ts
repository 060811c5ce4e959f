import type { DatedTag } from "../../contracts/date-range.ts";
import { PLAYLIST_TYPE, renderMediaPlaylist } from "../../contracts/playlist.ts";
import { playlistKey } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Reach } from "../reach.ts";
import { addressed } from "./addresses.ts";
import { extend, type Sight } from "./extend.ts";
import { fromMetadata, type Kept, toMetadata } from "./listing.ts";

const LIMIT_MS = 1000;
/**
 * Players ask for a live playlist a few times a minute each; caches answer all but one of them a second, and go on with
 * what they have for a while when the bucket fails (RFC 5861, section 4).
 */
export const LISTED_CACHE_CONTROL = "public, max-age=1, stale-if-error=30";

/** Where players find what a playlist in the bucket names. */
export type Addresses = { segmentsUrl: string; edgeUrl: string };

/**
 * Brings the playlist in the bucket up to what is seen. Answers what was written; null when there was nothing to
 * write, or when somebody else did at the same time. Throws when R2 does not do its part.
 */
export async function keepListing(
  sight: Sight,
  tags: readonly DatedTag[],
  { segmentsUrl, edgeUrl }: Addresses,
  reach: Pick<Reach, "segments" | "clock">,
): Promise<Kept | null> {
  const { slug, rendition, station } = sight;
  const key = playlistKey(slug, rendition);
  const stored = await withTimeout(LIMIT_MS, "R2", () => reach.segments.head(key));
  const before = fromMetadata(stored?.customMetadata);
  const after = extend(before, sight, reach.clock.now());
  if (after === before) return null;
  const segments = addressed(sight, after, segmentsUrl, `${edgeUrl}/${slug}/${rendition}/`);
  const text = renderMediaPlaylist(segments, station.framesPerSegment, tags);
  const written = await withTimeout(LIMIT_MS, "R2", () =>
    reach.segments.put(key, text, {
      onlyIf: stored === null ? { etagDoesNotMatch: "*" } : { etagMatches: stored.etag },
      httpMetadata: { contentType: PLAYLIST_TYPE, cacheControl: LISTED_CACHE_CONTROL },
      customMetadata: toMetadata(after),
    }),
  );
  return written === null ? null : { listing: after, text };
}
