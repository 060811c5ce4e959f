import type { UpcomingItem } from "../../contracts/programme-item.ts";
import { SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";

/** An audio file that was decoded to its end once, so its length is exact. */
export type Track = {
  /** Relative to the library's folder; the library is sorted by it. */
  path: string;
  title: string;
  artist: string;
  /** Length at 48 kHz. */
  samples: number;
};

export type Place = {
  index: number;
  track: Track;
  /** Samples into the track. */
  offset: number;
};

/**
 * Where the rotation is at a sample of programme time (frame * 1024): the library is played round and round since 1970, so
 * every origin with the same library finds the same place without asking. Null for an empty library.
 */
export function placeAt(tracks: readonly Track[], sample: number): Place | null {
  const total = tracks.reduce((sum, track) => sum + track.samples, 0);
  let offset = total === 0 ? 0 : sample % total;
  for (const [index, track] of tracks.entries()) {
    if (offset < track.samples) return { index, track, offset };
    offset -= track.samples;
  }
  return null;
}

/** What is played from a sample of programme time on, each track at most once; a library of one track follows itself. */
export function tracksFrom(tracks: readonly Track[], sample: number, count: number): UpcomingItem[] {
  const items: UpcomingItem[] = [];
  let next = sample;
  for (let place = placeAt(tracks, next); place && items.length < Math.min(count, tracks.length); ) {
    const { title, artist } = place.track;
    const left = place.track.samples - place.offset;
    const frames = Math.max(1, Math.round(left / SAMPLES_PER_FRAME));
    items.push({ frame: Math.floor(next / SAMPLES_PER_FRAME), source: "autopilot", title, artist, frames });
    next += left;
    place = placeAt(tracks, next);
  }
  return items;
}
