import { and, asc, desc, eq, gte, inArray, lt } from "drizzle-orm";
import type { MediaId } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { ProgrammeItem } from "../../contracts/programme-item.ts";
import { describe } from "../../kit/log.ts";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { media, plays } from "../db/schema.ts";
import { newPlays } from "./new-plays.ts";
import { HISTORY } from "./policy.ts";
import { readHeard, slicersByStation } from "./read-heard.ts";

export type HistoryDependencies = Pick<Context, "db" | "clock" | "log"> & { bucket: Pick<R2Bucket, "get"> };

/**
 * Writes down what all stations have played since this was done last. Indexes remember hours, so a control that was away
 * has missed nothing. A station that fails holds up no other: its turn comes again.
 */
export async function recordPlays(deps: HistoryDependencies): Promise<void> {
  const { db, bucket, clock, log } = deps;
  const queue = (await slicersByStation(db)).entries();
  const work = async () => {
    for (const [station, origins] of queue) {
      try {
        await recordStation(db, station, await readHeard(bucket, station, origins, clock.now()));
      } catch (thrown) {
        log.warn("what a station played is not recorded yet", { station, error: describe(thrown) });
      }
    }
  };
  await Promise.all(Array.from({ length: HISTORY.parallelReads }, work));
}

async function recordStation(db: Database, station: StationSlug, heard: readonly ProgrammeItem[]): Promise<void> {
  const [oldest] = heard;
  if (oldest === undefined) return;
  const fresh = newPlays(await readRecorded(db, station, oldest.frame), heard);
  const described = await readDescriptions(db, fresh);
  const rows = fresh.map(({ frame, frames, source, title, artist, host, media: id }) => {
    const { album = "", isrc = "" } = described.get(id ?? "") ?? {};
    return { station, frame, frames, source, title, artist, album, isrc, host: host ?? null, media: id ?? null };
  });
  for (let from = 0; from < rows.length; from += HISTORY.rowsPerInsert) {
    await db
      .insert(plays)
      .values(rows.slice(from, from + HISTORY.rowsPerInsert))
      .onConflictDoNothing();
  }
}

/** The plays recorded from `frame` on, and the one before, ascending. */
async function readRecorded(db: Database, station: StationSlug, frame: number): Promise<ProgrammeItem[]> {
  const before = db
    .select()
    .from(plays)
    .where(and(eq(plays.station, station), lt(plays.frame, frame)))
    .orderBy(desc(plays.frame))
    .limit(1);
  const since = db
    .select()
    .from(plays)
    .where(and(eq(plays.station, station), gte(plays.frame, frame)))
    .orderBy(asc(plays.frame));
  const rows = (await db.batch([before, since])).flat();
  return rows.map(({ host, media: id, ...row }) => ({ ...row, host: host ?? undefined, media: id ?? undefined }));
}

async function readDescriptions(db: Database, items: readonly ProgrammeItem[]) {
  const ids = [...new Set(items.flatMap(({ media: id }) => id ?? []))] satisfies MediaId[];
  const rows = ids.length === 0 ? [] : await db.select(DESCRIPTION).from(media).where(inArray(media.id, ids));
  return new Map(rows.map((row) => [row.id, row]));
}

const DESCRIPTION = { id: media.id, album: media.album, isrc: media.isrc };
