import { eq, isNull } from "drizzle-orm";
import { heardTogether } from "../../contracts/heard.ts";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { ProgrammeItem } from "../../contracts/programme-item.ts";
import { StationIndex } from "../../contracts/station-index.ts";
import { indexKey, MAX_INDEX_BYTES } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Database } from "../db/database.ts";
import { slicers, stations } from "../db/schema.ts";
import { HISTORY } from "./policy.ts";

/** Which origins may hold something of each station that there is. */
export async function slicersByStation(db: Database): Promise<Map<StationSlug, OriginId[]>> {
  const rows = await db
    .select({ station: slicers.station, origin: slicers.origin })
    .from(slicers)
    .innerJoin(stations, eq(stations.slug, slicers.station))
    .where(isNull(stations.deletedAt));
  return new Map(
    [...Map.groupBy(rows, ({ station }) => station)].map(([station, held]) => [
      station,
      held.map(({ origin }) => origin),
    ]),
  );
}

/**
 * What was heard of a station by the indexes of these origins, ascending. Throws when one of them cannot be read: half a
 * story would be told otherwise.
 */
export async function readHeard(
  bucket: Pick<R2Bucket, "get">,
  station: StationSlug,
  origins: readonly OriginId[],
  now: number,
): Promise<readonly ProgrammeItem[]> {
  const indexes: StationIndex[] = [];
  for (const origin of origins) {
    const text = await withTimeout(HISTORY.readTimeoutMs, "R2", async () => {
      const object = await bucket.get(indexKey(station, origin));
      return object === null || object.size > MAX_INDEX_BYTES ? null : await object.text();
    });
    if (text !== null) indexes.push(StationIndex.parse(JSON.parse(text)));
  }
  return heardTogether(indexes, now)?.items ?? [];
}
