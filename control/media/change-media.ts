import { and, eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { z } from "zod";
import { CuePoints, type MediaId, MediaKind, MediaMetadata } from "../../contracts/media.ts";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { media } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { conflict, Refusal } from "../refusal.ts";
import { findMedia, type MediaRow } from "./read-media.ts";
import { searchTextOf } from "./search-text.ts";

export const Tag = z.string().trim().min(1).max(60);

const { title, artist, album, isrc, year } = MediaMetadata.shape;

/** What people may change of a file: what it is called and how it is treated, not whether it goes on air. */
export const MediaChange = z
  .strictObject({
    title: title.exactOptional(),
    artist: artist.exactOptional(),
    album: album.unwrap().exactOptional(),
    isrc: isrc.unwrap().exactOptional(),
    year: year.unwrap().exactOptional(),
    kind: MediaKind.exactOptional(),
    /** All of its tags; order and repetition do not count. */
    tags: z.array(Tag).max(50).exactOptional(),
    /** Only of a file that has been prepared. */
    cue: CuePoints.exactOptional(),
  })
  .refine((change) => Object.keys(change).length > 0, "nothing to change");

/** Changes what is given, as people know it. Conflict: somebody else changed it at the same time. */
export async function changeMedia(
  context: Context,
  station: StationSlug,
  id: MediaId,
  input: z.input<typeof MediaChange>,
): Promise<void> {
  const { cue, tags, ...change } = MediaChange.parse(input);
  const row = await findMedia(context, station, id);
  const set: Partial<MediaRow> = { ...change };
  if (tags !== undefined) set.tags = [...new Set(tags)].toSorted();
  if (cue !== undefined) set.preparation = withCue(row, cue);
  set.searchText = searchTextOf({ ...row, ...set });
  const message = `file ${id}: ${JSON.stringify(input)}`.slice(0, 1000);
  await writeChange(context, row, set, { kind: "media-changed", message });
}

/**
 * Writes what was decided upon this very row, with its incident, and then what else belongs to it, each step if the one
 * before changed something. Conflict: the row has changed since.
 */
export async function writeChange(
  context: Context,
  { id, station, revision }: MediaRow,
  set: Partial<MediaRow>,
  incident: { kind: string; message: string },
  more: BatchItem<"sqlite">[] = [],
): Promise<void> {
  const { db, clock } = context;
  const [changed] = await db.batch([
    db
      .update(media)
      .set({ ...set, revision: revision + 1, updatedAt: clock.now() })
      .where(and(eq(media.id, id), eq(media.revision, revision)))
      .returning({ id: media.id }),
    insertIncidentIfChanged(db, incidentOf(context, { ...incident, station })),
    ...more,
  ]);
  if (changed.length === 0) throw conflict("just_changed", "Somebody else has just changed this file; look again.");
}

function withCue({ preparation }: MediaRow, cue: CuePoints) {
  if (preparation === null) throw new Refusal(422, "not_prepared", "A file has no cue points before it was prepared.");
  if (cue.out > preparation.prepared.samples) {
    throw new Refusal(422, "cue_beyond_end", `The file has ${preparation.prepared.samples} samples.`);
  }
  return { ...preparation, cue };
}
