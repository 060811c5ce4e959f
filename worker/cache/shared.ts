import { withTimeout } from "../../kit/race.ts";
import type { Reach } from "../reach.ts";
import type { Reading } from "./memo.ts";

/** The isolates of a data centre share what they read through the Cache API, and find it there when R2 fails. */

const MATCH_LIMIT_MS = 500;
/** The copy outlives its freshness by far: it is also the last good one, for an isolate that starts during an outage. */
const KEPT_SECONDS = 7 * 86_400;
const READ_AT = "x-read-at";
const FROM = "x-from";

/** A text and where it was read, as whoever read it calls that place. */
export type SharedReading = Reading<string> & { from: string };

function address(name: string, reach: Reach): string {
  return `${reach.site}/.edge/${name}`;
}

/** The text that some isolate read under this name; null when there is none or the cache fails. */
export async function readShared(name: string, reach: Reach): Promise<SharedReading | null> {
  try {
    return await withTimeout(MATCH_LIMIT_MS, "the cache", async () => {
      const found = await reach.cache().match(address(name, reach));
      if (found === undefined) return null;
      const from = found.headers.get(FROM) ?? "";
      return { readAt: Number(found.headers.get(READ_AT)), from, value: await found.text() };
    });
  } catch (thrown) {
    reach.complaints.add("the cache cannot be read", thrown);
    return null;
  }
}

export function writeShared(name: string, reading: SharedReading, reach: Reach): void {
  const copy = new Response(reading.value, {
    headers: {
      "cache-control": `public, max-age=${KEPT_SECONDS}`,
      [READ_AT]: String(reading.readAt),
      [FROM]: reading.from,
    },
  });
  reach.keep(
    reach
      .cache()
      .put(address(name, reach), copy)
      .catch((thrown) => reach.complaints.add("the cache cannot be written", thrown)),
  );
}
