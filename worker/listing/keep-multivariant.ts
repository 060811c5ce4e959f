import type { StationSlug } from "../../contracts/names.ts";
import { PLAYLIST_TYPE, renderMultivariantPlaylist } from "../../contracts/playlist.ts";
import type { RoutedStation } from "../../contracts/routing.ts";
import { multivariantKey } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Reach } from "../reach.ts";

const LIMIT_MS = 1000;
const CACHE_CONTROL = "public, max-age=10, stale-if-error=86400";
const RENDITIONS = "renditions";

/** Sees to it that the multivariant playlist in the bucket is there and true. Throws when R2 does not do its part. */
export async function keepMultivariant(
  slug: StationSlug,
  { renditions }: RoutedStation,
  reach: Pick<Reach, "segments">,
): Promise<void> {
  const key = multivariantKey(slug);
  const stored = await withTimeout(LIMIT_MS, "R2", () => reach.segments.head(key));
  if (stored?.customMetadata?.[RENDITIONS] === renditions.join()) return;
  await withTimeout(LIMIT_MS, "R2", () =>
    reach.segments.put(key, renderMultivariantPlaylist(renditions), {
      httpMetadata: { contentType: PLAYLIST_TYPE, cacheControl: CACHE_CONTROL },
      customMetadata: { [RENDITIONS]: renditions.join() },
    }),
  );
}
