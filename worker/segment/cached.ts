import { SEGMENT_TYPE } from "../../contracts/playlist.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Reach } from "../reach.ts";
import { SEGMENT_CACHE_CONTROL } from "./answer.ts";
import type { Segment } from "./shelf.ts";

const MATCH_LIMIT_MS = 500;

/**
 * The segment from the cache of the data centre; null when it is not there or the cache fails. Only verified bytes
 * are ever put, and the address is made of the path alone, so that no query string makes a second entry.
 */
export async function findCached(path: string, reach: Reach): Promise<Segment | null> {
  try {
    return await withTimeout(MATCH_LIMIT_MS, "the cache", async () => {
      const found = await reach.cache().match(reach.site + path);
      const sha256 = found?.headers.get("etag")?.slice(1, -1);
      return found === undefined || sha256 === undefined
        ? null
        : { bytes: await found.arrayBuffer(), sha256, fromReel: false };
    });
  } catch (thrown) {
    reach.complaints.add("the cache cannot be read", thrown);
    return null;
  }
}

export function keepCached(path: string, { bytes, sha256 }: Segment, reach: Reach): void {
  const copy = new Response(bytes, {
    headers: { "content-type": SEGMENT_TYPE, "cache-control": SEGMENT_CACHE_CONTROL, etag: `"${sha256}"` },
  });
  reach.keep(
    reach
      .cache()
      .put(reach.site + path, copy)
      .catch((thrown) => reach.complaints.add("the cache cannot be written", thrown)),
  );
}
