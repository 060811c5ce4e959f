import type { OriginId, RenditionName, StationSlug } from "../../contracts/names.ts";
import type { Published } from "../../contracts/published.ts";
import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import { counterAfter, type StationIndex } from "../../contracts/station-index.ts";
import { eachLimited } from "../each-limited.ts";
import { EdgeError } from "../edge-error.ts";
import { type Holdings, merge } from "../playlist/merge.ts";
import { readIndexAfresh } from "../playlist/read-index.ts";
import type { Reach } from "../reach.ts";

const CONCURRENT_READS = 4;

/**
 * The newest segment that any origin has published of the station, read past every cache. `atHand` is what this
 * isolate knows already and answers for origins that nobody can be asked about. Throws 503 when nothing could be read.
 */
export async function readPublished(
  slug: StationSlug,
  caller: OriginId,
  routing: Routing,
  atHand: Holdings,
  reach: Reach,
): Promise<Published | null> {
  const station = routing.stations[slug] as RoutedStation;
  const origins = new Set([caller, ...station.slicers.map(({ origin }) => origin)]);
  if (station.studio !== null) origins.add(station.studio);
  const indexes: StationIndex[] = [];
  let answers = 0;
  await eachLimited([...origins], CONCURRENT_READS, async (origin) => {
    const { found, answered } = await readIndexAfresh(routing, slug, origin, reach);
    if (answered) answers += 1;
    if (found !== null) indexes.push(found.index);
  });
  if (answers === 0 && atHand.size === 0) {
    throw new EdgeError(503, "storage_failed", "What was published cannot be read.", { retryAfterSeconds: 1 });
  }
  return newestOf(merge(atHand, indexes, station.framesPerSegment, reach.clock.now()));
}

/** The newest number with the counters to go on with; of several copies the higher generation's count. */
export function newestOf(holdings: Holdings): Published | null {
  const newest = [...holdings.keys()].at(-1);
  if (newest === undefined) return null;
  const counters: Record<RenditionName, number> = {};
  for (const { renditions } of holdings.get(newest) ?? []) {
    for (const [rendition, copy] of Object.entries(renditions)) {
      if (copy !== undefined) counters[rendition] ??= counterAfter(copy);
    }
  }
  const generation = Math.max(...[...holdings.values()].flat().map((copy) => copy.generation));
  return { segment: newest, generation, counters };
}
