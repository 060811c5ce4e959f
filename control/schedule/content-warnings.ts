import type { Track } from "../../contracts/media.ts";
import type { PlannedPlaylist } from "../../contracts/plan.ts";
import type { SlotContent } from "../../contracts/slot.ts";
import { SAMPLE_RATE } from "../../contracts/timeline.ts";
import type { Occurrence } from "./occurrences.ts";
import type { Warning } from "./resolve.ts";

/** What there is to play. */
export type Stock = { tracks: ReadonlyMap<string, Track>; playlists: ReadonlyMap<string, PlannedPlaylist> };

/** More than this is more than a slip of the clock, ms. */
const TOLERANCE_MS = 30_000;

/** What is wrong with what is to be played, whenever it is due. */
export function contentWarnings({ entry, from, until }: Occurrence, { tracks, playlists }: Stock): Warning[] {
  const { content } = entry;
  const playlist = playlistOf(content);
  const isPlayable = playlists.get(playlist ?? "")?.entries.some(({ media }) => tracks.has(media));
  if (playlist !== null && !isPlayable) {
    return [{ code: "empty", message: "its playlist holds nothing that may go on air", by: [] }];
  }
  if (content.kind !== "show") return [];
  const files = content.media.flatMap((id) => tracks.get(id) ?? []);
  const missing = content.media.length - files.length;
  const length = files.reduce((sum, { cue }) => sum + (cue.out - cue.in) / (SAMPLE_RATE / 1000), 0);
  const over = length - (until - from);
  return [
    ...(missing > 0
      ? [{ code: "missing" as const, message: `${missing} of its files may not go on air`, by: [] }]
      : []),
    ...(over > TOLERANCE_MS
      ? [{ code: "long" as const, message: `its files are ${Math.round(over / 1000)} s longer than its time`, by: [] }]
      : []),
  ];
}

function playlistOf(content: SlotContent): string | null {
  if (content.kind === "playlist") return content.playlist;
  return content.kind === "live" ? content.absent : null;
}
