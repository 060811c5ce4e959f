import { type MediaKind, Track } from "../media.ts";
import { type PlannedPlaylist, StationPlan } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import { Slot } from "../slot.ts";
import { frameAt, SAMPLE_RATE } from "../timeline.ts";

/** Plans for tests. Times are seconds since a Sunday, 00:00 UTC, far from where blocks begin. */

export const SUNDAY = Date.UTC(2026, 10, 22);

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
}

/** The sample that many seconds after the Sunday began. */
export function sample(seconds: number): number {
  return (SUNDAY / 1000 + seconds) * SAMPLE_RATE;
}

export function frame(seconds: number): number {
  return frameAt(SUNDAY + seconds * 1000);
}

type TrackOptions = { artist?: string; title?: string; kind?: MediaKind; fade?: number };

export function track(number: number, seconds: number, options: TrackOptions = {}): Track {
  const samples = Math.round(seconds * SAMPLE_RATE);
  const out = samples;
  return Track.parse({
    media: uuid(number),
    kind: options.kind ?? "music",
    title: options.title ?? `Title ${number}`,
    artist: options.artist ?? `Artist ${number}`,
    prepared: { sha256: number.toString(16).padStart(64, "0"), bytes: 1000, samples },
    cue: { in: 0, next: Math.max(1, out - Math.round((options.fade ?? 0) * SAMPLE_RATE)), out },
    loudness: { integrated: -16, truePeak: -3 },
  });
}

export function playlist(
  number: number,
  tracks: readonly Track[],
  order: PlannedPlaylist["order"] = "shuffle",
): PlannedPlaylist {
  return {
    id: uuid(number),
    name: `Playlist ${number}`,
    order,
    entries: tracks.map(({ media }) => ({ media, weight: 1 })),
  };
}

/** A slot from and until so many seconds. */
export function slot(from: number, until: number, content: Slot["content"], options: Partial<Slot> = {}): Slot {
  return Slot.parse({
    entry: uuid(9000),
    title: "Slot",
    from: frame(from),
    until: frame(until),
    start: "hard",
    content,
    ...options,
  });
}

/** A plan whose own playlist is the first one given. */
export function plan(parts: Partial<StationPlan>): StationPlan {
  return StationPlan.parse({
    schema: 1,
    station: "demo",
    version: 1,
    publishedAt: SUNDAY,
    seed: "seed",
    rules: { artistSeparationMinutes: 0, titleSeparationMinutes: 0, crossfadeMs: 0 },
    playlist: parts.playlists?.[0]?.id ?? null,
    playlists: [],
    tracks: [],
    slots: [],
    ...parts,
  });
}

/** Seconds since the Sunday began, for reading. */
export function seconds(place: number): number {
  return place / SAMPLE_RATE - SUNDAY / 1000;
}

/** Title, beginning and end of each item. */
export function told(items: readonly RundownItem[]): [string, number, number][] {
  return items.map(({ track: { title }, from, until }) => [title, seconds(from), seconds(until)]);
}
