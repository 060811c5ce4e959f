import type { z } from "zod";
import { originalKey } from "../../contracts/media.ts";
import type { Sha256, StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { uploads } from "../db/schema.ts";
import { requireRoom } from "./admit.ts";
import { admitIfWhole } from "./finish-upload.ts";
import { cutOff, inR2, isCutOff } from "./in-r2.ts";
import { MEDIA } from "./policy.ts";
import { readMedia, type StoredMedia } from "./read-media.ts";
import type { StoredUpload } from "./read-uploads.ts";
import { discardUpload, httpMetadataOf, NewUpload, openUpload } from "./uploads.ts";

/**
 * Takes a file in that comes in one request. The upload is written down first, so that what is left of one that was cut
 * is cleared away. A 422 when the content has not the hash that its sender says, a 503 when it
 * was cut off on its way.
 */
export async function storeWhole(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  input: z.input<typeof NewUpload>,
  sha256: Sha256 | null,
  body: ReadableStream,
): Promise<StoredMedia> {
  const upload = await openUpload(context, station, NewUpload.parse(input));
  await requireRoom(context, station);
  await context.db.insert(uploads).values(upload);
  await put(context, bucket, upload, body);
  await admitIfWhole(context, bucket, upload, sha256);
  return readMedia(context, station, upload.id);
}

async function put(context: Context, bucket: R2Bucket, upload: StoredUpload, body: ReadableStream): Promise<void> {
  const key = originalKey(upload.station, upload.id);
  const options = { httpMetadata: httpMetadataOf(upload) };
  try {
    await inR2("put", () => bucket.put(key, body, options), MEDIA.transferTimeoutMs);
  } catch (thrown) {
    await discardUpload(context, bucket, upload);
    throw isCutOff(thrown) ? cutOff() : thrown;
  }
}
