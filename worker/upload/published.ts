import type { OriginId, RenditionName, StationSlug } from "../../contracts/names.ts";
import type { Published } from "../../contracts/published.ts";
import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import { counterAfter, type RenditionCopy, type StationIndex } from "../../contracts/station-index.ts";
import { eachLimited } from "../each-limited.ts";
import { EdgeError } from "../edge-error.ts";
import { type Holdings, merge } from "../playlist/merge.ts";
import { readIndexAfresh } from "../playlist/read-index.ts";
import type { Reeled } from "../playlist/reeled.ts";
import { planWindow } from "../playlist/window.ts";
import type { Reach } from "../reach.ts";

const CONCURRENT_READS = 4;

/**
 * The newest segment that listeners have of the station, read past every cache. `atHand` is what this isolate knows
 * already and answers for origins that nobody can be asked about; under the numbers of `reeled` it has listed the reel.
 * Throws 503 when nothing could be read.
 */
export async function readPublished(
  slug: StationSlug,
  caller: OriginId,
  routing: Routing,
  { holdings: atHand, reeled }: { holdings: Holdings; reeled: Reeled },
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
  const now = reach.clock.now();
  return newestOf(merge(atHand, indexes, station.framesPerSegment, now), station, reeled, now);
}

/** What is to be heard from the reel so soon counts as heard: no studio makes its first segment quicker. */
const STUDIO_START_MS = 1000;

/**
 * The newest number that listeners have, be it from the reel, with the counters to go on with: across numbers that
 * were heard from the reel a rendition's counter stood still. Of several copies the higher generation's count.
 */
export function newestOf(holdings: Holdings, station: RoutedStation, reeled: Reeled, now: number): Published | null {
  const held = [...holdings.keys()];
  if (held.length === 0) return null;
  const edges = station.renditions.map(
    (rendition) => planWindow(holdings, rendition, station.framesPerSegment, now + STUDIO_START_MS)?.edge ?? 0,
  );
  const generation = Math.max(...[...holdings.values()].flat().map((copy) => copy.generation));
  const counters: Published["counters"] = {};
  for (const rendition of station.renditions) {
    const newest = newestCopy(reeled.heard(rendition, holdings), rendition);
    if (newest !== null) counters[rendition] = counterAfter(newest);
  }
  return { segment: Math.max(...held, ...edges), generation, counters };
}

function newestCopy(holdings: Holdings, rendition: RenditionName): RenditionCopy | null {
  const copies = [...holdings.values()].toReversed().flat();
  return copies.find(({ renditions }) => renditions[rendition] !== undefined)?.renditions[rendition] ?? null;
}
