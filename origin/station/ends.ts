import type { OriginId } from "../../contracts/names.ts";
import type { Published } from "../../contracts/published.ts";
import { counterAfter, type StationIndex } from "../../contracts/station-index.ts";
import { describe, type Log } from "../../kit/log.ts";
import type { EdgeStation } from "../uploader/ask-edge.ts";
import { readOwnIndex, readPublished, readPublishedAnswer } from "../uploader/published.ts";
import type { SegmentStore } from "../uploader/segment-store.ts";

/** Where this node's own segments end. */
export function ownEnd(index: StationIndex): Published | null {
  const last = index.segments.at(-1);
  if (last === undefined) return null;
  const counters: Published["counters"] = {};
  for (const [rendition, copy] of Object.entries(last.renditions)) {
    if (copy !== undefined) counters[rendition] = counterAfter(copy);
  }
  return { segment: last.number, generation: last.generation, counters };
}

/** Where anyone's segments end, as the edge knows; null where nothing is published or the edge cannot be asked. */
export async function publishedEnd(edge: EdgeStation, log: Log): Promise<Published | null> {
  try {
    return await readPublished(edge);
  } catch (thrown) {
    log.warn("what is published cannot be read", { error: describe(thrown) });
    return null;
  }
}

/** The newest generation that another origin was named for or anyone has published; null where the edge cannot tell. */
export async function newestGeneration(edge: EdgeStation, origin: OriginId, log: Log): Promise<number | null> {
  try {
    const { published, studio } = await readPublishedAnswer(edge);
    const named = studio != null && studio.origin !== origin ? studio.generation : 0;
    return Math.max(published?.generation ?? 0, named);
  } catch (thrown) {
    log.warn("what is published cannot be read", { error: describe(thrown) });
    return null;
  }
}

/** After a restart: what was listed stays listed. */
export async function primeFromEdge(store: SegmentStore, edge: EdgeStation, log: Log): Promise<void> {
  try {
    const index = await readOwnIndex(edge);
    if (index !== null && index.framesPerSegment === store.framesPerSegment) store.prime(index);
  } catch (thrown) {
    log.warn("the index of before the restart cannot be read", { error: describe(thrown) });
  }
}
