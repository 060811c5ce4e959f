import { coverKey } from "../../contracts/media.ts";
import type { Sha256, StationSlug } from "../../contracts/names.ts";
import { artPath } from "../../contracts/now-json.ts";
import { withTimeout } from "../../kit/race.ts";
import { isKnownToCaller, OPEN_TO_ALL } from "../cache/answer.ts";
import { EdgeError } from "../edge-error.ts";
import type { Reach } from "../reach.ts";
import { withStore } from "../upload/store.ts";

const MATCH_LIMIT_MS = 500;

/**
 * The picture of something that is on, by the hash that `now.json` gives: from the cache of the data centre, else from
 * R2. It is named by its content, so whoever has it need never ask again. Throws 404 for what is not there.
 */
export async function answerArt(
  request: Request,
  station: StationSlug,
  cover: Sha256,
  reach: Reach,
): Promise<Response> {
  const headers = {
    "content-type": "image/jpeg",
    "cache-control": "public, max-age=86400, immutable",
    etag: `"${cover}"`,
    ...OPEN_TO_ALL,
  };
  if (isKnownToCaller(request, headers.etag)) return new Response(null, { status: 304, headers });
  const address = reach.site + artPath(station, cover);
  const cached = await findCached(address, reach);
  if (cached !== null) return new Response(cached, { headers });
  const object = await withStore(reach, () => reach.bucket.get(coverKey(station, cover)));
  if (object === null) throw new EdgeError(404, "no_such_picture", "The station has no such picture.");
  const bytes = await object.arrayBuffer();
  keepCached(address, new Response(bytes, { headers }), reach);
  return new Response(bytes, { headers });
}

async function findCached(address: string, reach: Reach): Promise<ArrayBuffer | null> {
  try {
    return await withTimeout(MATCH_LIMIT_MS, "the cache", async () => {
      const found = await reach.cache().match(address);
      return found === undefined ? null : await found.arrayBuffer();
    });
  } catch (thrown) {
    reach.complaints.add("the cache cannot be read", thrown);
    return null;
  }
}

function keepCached(address: string, copy: Response, reach: Reach): void {
  const complain = (thrown: unknown) => reach.complaints.add("the cache cannot be written", thrown);
  reach.keep(reach.cache().put(address, copy).catch(complain));
}
