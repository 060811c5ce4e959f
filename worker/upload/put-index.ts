import type { OriginId, StationSlug } from "../../contracts/names.ts";
import { StationIndex } from "../../contracts/station-index.ts";
import { indexKey, MAX_INDEX_BYTES } from "../../contracts/storage.ts";
import { segmentAt } from "../../contracts/timeline.ts";
import { EdgeError } from "../edge-error.ts";
import type { KnownIndex } from "../playlist/known-index.ts";
import type { Reach } from "../reach.ts";
import { readUpload } from "./read-upload.ts";
import { withStore } from "./store.ts";

/**
 * An origin's clock may be ahead of ours by this much. An index from further in the future is refused: once stored,
 * it would keep all truthful ones out.
 */
const CLOCK_TOLERANCE_MS = 10_000;
const UPDATED_AT = "updated-at";

/**
 * Takes in an origin's index. One that was written before the stored one is answered 409 and changes nothing: a
 * request that was delayed on its way must not take back what a later one announced.
 */
export async function putIndex(
  request: Request,
  origin: OriginId,
  station: StationSlug,
  reach: Reach,
): Promise<KnownIndex> {
  const { bytes } = await readUpload(request, MAX_INDEX_BYTES);
  const index = parseUpload(bytes, origin, station, reach.clock.now());
  const key = indexKey(station, origin);
  await withStore(reach, async () => {
    const stored = await reach.bucket.head(key);
    if (Number(stored?.customMetadata?.[UPDATED_AT] ?? 0) > index.updatedAt) return false;
    const written = await reach.bucket.put(key, bytes, {
      onlyIf: stored === null ? { etagDoesNotMatch: "*" } : { etagMatches: stored.etag },
      httpMetadata: { contentType: "application/json", cacheControl: "no-cache" },
      customMetadata: { [UPDATED_AT]: String(index.updatedAt) },
    });
    return written !== null;
  }).then((isNewest) => {
    if (!isNewest) throw new EdgeError(409, "index_superseded", "A later index is stored already.");
  });
  return { text: new TextDecoder().decode(bytes), index, stored: true };
}

function parseUpload(bytes: ArrayBuffer, origin: OriginId, station: StationSlug, now: number): StationIndex {
  const parsed = StationIndex.safeParse(parseJson(bytes));
  if (!parsed.success)
    throw new EdgeError(422, "index_invalid", "This is not an index.", { details: parsed.error.issues });
  const index = parsed.data;
  if (index.origin !== origin || index.station !== station) {
    throw new EdgeError(403, "foreign_prefix", `This is the index of ${index.origin} for ${index.station}.`);
  }
  const isAscending = index.segments.every(
    ({ number }, position) => position === 0 || number > (index.segments[position - 1]?.number ?? 0),
  );
  if (!isAscending) throw new EdgeError(422, "index_invalid", "The segments must ascend, each number once.");
  if (isFromFuture(index, now)) {
    throw new EdgeError(422, "index_from_future", "The index is from the future: the origin's clock is wrong.");
  }
  return index;
}

/** Whether its origin's clock is ahead of `now` (Unix ms) by more than is taken in. */
export function isFromFuture({ updatedAt, segments, framesPerSegment }: StationIndex, now: number): boolean {
  const latest = now + CLOCK_TOLERANCE_MS;
  return updatedAt > latest || (segments.at(-1)?.number ?? 0) > segmentAt(latest, framesPerSegment);
}

function parseJson(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new EdgeError(422, "index_invalid", "This is not JSON.");
  }
}
