import type { StationIndex } from "../../contracts/station-index.ts";
import { MAX_INDEX_BYTES } from "../../contracts/storage.ts";

/** The index as it is sent. Titles are the world's: where they make it too large, the oldest items are left out. */
export function indexBody(index: StationIndex): Buffer {
  let { items } = index;
  let body = Buffer.from(JSON.stringify(index));
  while (body.length > MAX_INDEX_BYTES && items.length > 1) {
    items = items.slice(Math.ceil(items.length / 2));
    body = Buffer.from(JSON.stringify({ ...index, items }));
  }
  return body;
}
