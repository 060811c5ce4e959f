import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { readStation } from "../registry/read-stations.ts";
import { contentWarnings } from "./content-warnings.ts";
import { occurrencesOf } from "./occurrences.ts";
import { SCHEDULE } from "./policy.ts";
import { readFacts } from "./read-facts.ts";
import { requireLength, type Window } from "./read-plan.ts";
import { type Resolved, resolve } from "./resolve.ts";

/** Looks so far around a window, for what overlaps may do to each other is a chain. */
const AROUND_MS = 7 * 86_400_000;

/** What is due in a window, with what is heard of it and what it loses to others. */
export async function listOccurrences(context: Context, station: StationSlug, window: Window): Promise<Resolved[]> {
  requireLength(window, SCHEDULE.occurrencesMs);
  await readStation(context, station);
  const { entries, rotation, tracks, playlists } = await readFacts(context, station);
  const { from, until } = window;
  const occurrences = entries.flatMap((entry) =>
    occurrencesOf(entry, rotation.timeZone, from - AROUND_MS, until + AROUND_MS),
  );
  const stock = {
    tracks: new Map(tracks.map((track) => [track.media, track])),
    playlists: new Map(playlists.map((playlist) => [playlist.id, playlist])),
  };
  return resolve(occurrences)
    .filter((one) => one.from < until && from < one.until)
    .map((one) => ({ ...one, warnings: [...one.warnings, ...contentWarnings(one, stock)] }));
}
