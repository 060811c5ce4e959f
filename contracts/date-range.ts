import type { StationSlug } from "./names.ts";
import { artPath } from "./now-json.ts";
import type { ProgrammeItem } from "./programme-item.ts";
import { isoTime, programmeTime } from "./timeline.ts";

/** Items in playlists, as EXT-X-DATERANGE (RFC 8216, 4.3.2.7): a player shows each when its listener hears it. */

export const ITEM_CLASS = "radio-dream.item";

/** A tag that belongs to a place in the programme. */
export type DatedTag = { frame: number; tag: string };

/** Longest text in a playlist: players read lines of a few thousand bytes, and know a title by its beginning. */
const MAX_TEXT = 200;

export function itemTag(station: StationSlug, item: ProgrammeItem): DatedTag {
  const { frame, frames, source, title, artist, host, cover } = item;
  const attributes = [
    `ID="item-${frame}"`,
    `CLASS="${ITEM_CLASS}"`,
    `START-DATE="${isoTime(frame)}"`,
    ...(frames === null ? [] : [`PLANNED-DURATION=${(programmeTime(frames) / 1000).toFixed(3)}`]),
    "END-ON-NEXT=YES",
    `X-SOURCE="${source}"`,
    `X-TITLE=${quoted(title)}`,
    `X-ARTIST=${quoted(artist)}`,
    ...(host === undefined ? [] : [`X-HOST=${quoted(host)}`]),
    ...(cover === undefined ? [] : [`X-ART="${artPath(station, cover)}"`]),
  ];
  return { frame, tag: `#EXT-X-DATERANGE:${attributes.join(",")}` };
}

/** A quoted-string (4.2), which may hold neither quotation marks nor line breaks. */
function quoted(text: string): string {
  const told = text
    .slice(0, MAX_TEXT)
    .toWellFormed()
    .replace(/["“”]/g, "'")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  return `"${told}"`;
}
