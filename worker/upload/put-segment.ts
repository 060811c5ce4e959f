import type { OriginId } from "../../contracts/names.ts";
import { SEGMENT_TYPE } from "../../contracts/playlist.ts";
import { MAX_SEGMENT_BYTES, segmentKey } from "../../contracts/storage.ts";
import { EdgeError } from "../edge-error.ts";
import type { Reach } from "../reach.ts";
import { SEGMENT_CACHE_CONTROL } from "../segment/answer.ts";
import type { SegmentName } from "../segment/obtain.ts";
import { readUpload } from "./read-upload.ts";
import { segmentFault } from "./segment-fault.ts";
import { withStore } from "./store.ts";

/**
 * Takes in a segment under its origin's prefix, if it is what its number says: an origin that has lost its way does not
 * get as far as a listener. R2 verifies the hash once more and keeps it with the object.
 */
export async function putSegment(
  request: Request,
  origin: OriginId,
  name: SegmentName,
  framesPerSegment: number,
  reach: Reach,
): Promise<void> {
  const { bytes, sha256 } = await readUpload(request, MAX_SEGMENT_BYTES);
  const fault = segmentFault(new Uint8Array(bytes), name.number, framesPerSegment);
  if (fault !== null) throw new EdgeError(422, "not_this_segment", `This is not segment ${name.number}: ${fault}.`);
  await withStore(reach, () =>
    reach.segments.put(segmentKey(name.station, origin, name.rendition, name.number), bytes, {
      sha256,
      httpMetadata: { contentType: SEGMENT_TYPE, cacheControl: SEGMENT_CACHE_CONTROL },
    }),
  );
}
