import { z } from "zod";
import { OriginId } from "../../contracts/names.ts";
import { WINDOW_SEGMENTS } from "../playlist/window.ts";

/** Whence a listed segment comes: the object of an origin in the bucket, or the edge Worker, which may play the reel. */
export const THROUGH_EDGE = "";
export const FROM_REEL = "~";
const Whence = z.union([OriginId, z.literal(THROUGH_EDGE), z.literal(FROM_REEL)]);
export type Whence = z.infer<typeof Whence>;

/**
 * What the bucket's playlist of one rendition lists: decided once for all edges, since players give up on a playlist
 * that names for a number what it did not name before (hls.js: `media sequence mismatch`). It lies in the metadata of the
 * playlist object, which is replaced only by whoever knows what stands there.
 */
export const Listing = z.object({
  framesPerSegment: z.int().positive(),
  /** The number of the first that is listed. */
  first: z.int().nonnegative(),
  whence: z.array(Whence).min(1).max(WINDOW_SEGMENTS),
  /** All below come through the edge: edges that had not heard of the listing yet have named them so. */
  leadsFrom: z.int().nonnegative(),
  /** Continuity counter (ISO 13818-1, 2.4.3.3) with which what follows goes on; null where nobody knows. */
  counter: z.int().min(0).max(15).nullable(),
  /** Unix ms. */
  writtenAt: z.int().nonnegative(),
});
export type Listing = z.infer<typeof Listing>;

export function lastOf({ first, whence }: Listing): number {
  return first + whence.length - 1;
}

const METADATA = "listing";

export function toMetadata(listing: Listing): Record<string, string> {
  return { [METADATA]: JSON.stringify(listing) };
}

/** Null for an object that is none of ours. */
export function fromMetadata(metadata: Record<string, string> | undefined): Listing | null {
  return parseListing(metadata?.[METADATA] ?? "null");
}

function parseListing(text: string): Listing | null {
  try {
    return Listing.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A playlist of the bucket: its text, and what it lists. */
export const Kept = z.object({ listing: Listing, text: z.string() });
export type Kept = z.infer<typeof Kept>;
