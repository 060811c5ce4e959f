import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import { playlistKey } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Reading } from "../cache/memo.ts";
import { readShared, writeShared } from "../cache/shared.ts";
import { segmentMs } from "../playlist/known-index.ts";
import type { Reach } from "../reach.ts";
import { fromMetadata, Kept } from "./listing.ts";

const LIMIT_MS = 1000;
const FRESH_MS = 1000;
const FRESH_WHEN_DUE_MS = 250;

/**
 * Until when (Unix ms) a playlist of the bucket need not be read again: it changes with the next segment and not before,
 * and one that is long overdue is not looked at so often.
 */
export function keptFreshUntil({ value, readAt }: Reading<Kept | null>): number {
  if (value === null) return readAt + FRESH_MS;
  const { writtenAt, framesPerSegment } = value.listing;
  const length = segmentMs(framesPerSegment);
  const dueAt = writtenAt + length;
  return readAt > dueAt + length ? readAt + FRESH_MS : Math.max(readAt + FRESH_WHEN_DUE_MS, dueAt);
}

/**
 * The playlist that stands in the bucket, as another isolate just read it or by R2; when R2 fails the last one that any
 * isolate of the data centre read. Null when there is none. Throws when it cannot be told.
 */
export async function readKept(
  slug: StationSlug,
  rendition: RenditionName,
  reach: Reach,
): Promise<Reading<Kept | null>> {
  const shared = await readShared(sharedName(slug, rendition), reach);
  const known = shared === null ? null : { value: parseKept(shared.value), readAt: shared.readAt };
  if (known !== null && reach.clock.now() < keptFreshUntil(known)) return known;
  try {
    const reading = { value: await readStored(slug, rendition, reach), readAt: reach.clock.now() };
    shareKept(slug, rendition, reading, reach);
    return reading;
  } catch (thrown) {
    if (known === null) throw thrown;
    return { value: known.value, readAt: reach.clock.now() };
  }
}

export function shareKept(
  slug: StationSlug,
  rendition: RenditionName,
  { value, readAt }: Reading<Kept | null>,
  reach: Reach,
): void {
  writeShared(sharedName(slug, rendition), { value: JSON.stringify(value), readAt, from: "R2" }, reach);
}

function readStored(slug: StationSlug, rendition: RenditionName, reach: Reach): Promise<Kept | null> {
  return withTimeout(LIMIT_MS, "R2", async () => {
    const object = await reach.segments.get(playlistKey(slug, rendition));
    const listing = fromMetadata(object?.customMetadata);
    return object === null || listing === null ? null : { listing, text: await object.text() };
  });
}

/** Null for what says that there was none, and for what another release has shared. */
function parseKept(text: string): Kept | null {
  return Kept.nullable().catch(null).parse(JSON.parse(text));
}

function sharedName(slug: StationSlug, rendition: RenditionName): string {
  return `listing/${slug}/${rendition}`;
}
