import type { Track } from "../media.ts";
import type { PlannedPlaylist, StationPlan } from "../plan.ts";
import { crossfadeOf, lengthOf, SHORTEST_TRACK } from "./lengths.ts";

/** A track as the rotation sees it. */
export type Entry = {
  track: Track;
  /** What must not come again too soon; an empty artist may. */
  artist: string;
  title: string;
  length: number;
  /** Its length without what it shares with the track after it. */
  advance: number;
  /** Thousandths, at least 1. */
  weight: number;
};

export type Playlist = {
  id: string;
  order: PlannedPlaylist["order"];
  /** Never empty. */
  entries: readonly Entry[];
  /** How long it takes to play each once, in samples. */
  cycle: number;
};

export type Library = {
  entry(media: string): Entry | undefined;
  /** The playlist, or the station's own where it has nothing to play; null where that has nothing either. */
  playlist(id: string | null): Playlist | null;
  jingles: Playlist | null;
};

export function artistOf(track: Track): string {
  return track.artist.trim().toLowerCase();
}

/** Files without a title are known by what they are. */
export function titleOf(track: Track): string {
  return track.title.trim().toLowerCase() || track.media;
}

/** What of a plan can be played. */
export function readLibrary(plan: StationPlan): Library {
  const crossfade = crossfadeOf(plan.rules);
  const entries = new Map<string, Entry>();
  for (const track of plan.tracks) {
    const length = lengthOf(track);
    if (length < SHORTEST_TRACK) continue;
    const shared = Math.floor(Math.min(track.cue.out - track.cue.next, crossfade, length / 2));
    entries.set(track.media, {
      track,
      artist: artistOf(track),
      title: titleOf(track),
      length,
      advance: length - shared,
      weight: 1000,
    });
  }
  const playlists = new Map(plan.playlists.map((playlist) => [playlist.id, readPlaylist(playlist, entries)]));
  const own = plan.playlist === null ? null : (playlists.get(plan.playlist) ?? null);
  const jingles = plan.rules.jingles === null ? null : (playlists.get(plan.rules.jingles.playlist) ?? null);
  return {
    entry: (media) => entries.get(media),
    playlist: (id) => (id === null ? own : (playlists.get(id) ?? own)),
    jingles,
  };
}

function readPlaylist({ id, order, entries }: PlannedPlaylist, known: ReadonlyMap<string, Entry>): Playlist | null {
  const playable = entries.flatMap(({ media, weight }) => {
    const entry = known.get(media);
    return entry ? [{ ...entry, weight: Math.max(1, Math.round(weight * 1000)) }] : [];
  });
  if (playable.length === 0) return null;
  return { id, order, entries: playable, cycle: playable.reduce((sum, entry) => sum + entry.advance, 0) };
}
