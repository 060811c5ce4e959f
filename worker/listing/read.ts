import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import { playlistKey } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Reading } from "../cache/memo.ts";
import { readShared, writeShared } from "../cache/shared.ts";
import { freshUntil } from "../playlist/known-index.ts";
import type { Reach } from "../reach.ts";
import { fromMetadata, type Listing, parseListing } from "./listing.ts";

const LIMIT_MS = 1000;
const FRESH_MS = 1000;

/** Until when (Unix ms) a listing need not be read again. */
export function listingFreshUntil({ value, readAt }: Reading<Listing | null>): number {
  return value === null ? readAt + FRESH_MS : freshUntil(value.writtenAt, value.framesPerSegment, readAt);
}

/**
 * The listing that stands in the bucket, as another isolate just read it or by R2; when R2 fails the last one that any
 * isolate of the data centre read. Null when there is none. Throws when it cannot be told.
 */
export async function readListing(
  slug: StationSlug,
  rendition: RenditionName,
  reach: Reach,
): Promise<Reading<Listing | null>> {
  const name = sharedName(slug, rendition);
  const shared = await readShared(name, reach);
  const known = shared === null ? null : { value: parseListing(shared.value), readAt: shared.readAt };
  if (known !== null && reach.clock.now() < listingFreshUntil(known)) return known;
  try {
    const object = await withTimeout(LIMIT_MS, "R2", () => reach.segments.head(playlistKey(slug, rendition)));
    const reading = { value: fromMetadata(object?.customMetadata), readAt: reach.clock.now() };
    shareListing(slug, rendition, reading, reach);
    return reading;
  } catch (thrown) {
    if (known === null) throw thrown;
    return { value: known.value, readAt: reach.clock.now() };
  }
}

export function shareListing(
  slug: StationSlug,
  rendition: RenditionName,
  { value, readAt }: Reading<Listing | null>,
  reach: Reach,
): void {
  writeShared(sharedName(slug, rendition), { value: JSON.stringify(value), readAt, from: "R2" }, reach);
}

function sharedName(slug: StationSlug, rendition: RenditionName): string {
  return `listing/${slug}/${rendition}`;
}
