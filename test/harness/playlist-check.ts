import { parse, setOptions, types } from "hls-parser";
import { z } from "zod";
import { segmentSeconds, segmentTime } from "../../contracts/timeline.ts";

/** Checks media playlists (RFC 8216, 4.3.3) against the standard and against the project's timeline. */

export type MediaPlaylist = {
  targetDuration: number;
  mediaSequence: number;
  entries: PlaylistEntry[];
};

export type PlaylistEntry = { number: number; uri: string; seconds: number; time: number; gap: boolean };

export class PlaylistError extends Error {
  override name = "PlaylistError";
}

const Tag = z.string().regex(/^#EXT/);
const OWN_TAGS = [
  "#EXTM3U",
  "#EXT-X-VERSION",
  "#EXT-X-TARGETDURATION",
  "#EXT-X-MEDIA-SEQUENCE",
  "#EXT-X-INDEPENDENT-SEGMENTS",
  "#EXT-X-PROGRAM-DATE-TIME",
  "#EXT-X-DATERANGE",
  "#EXT-X-GAP",
  "#EXTINF",
];
const SEGMENT_TAGS = ["#EXTINF", "#EXT-X-PROGRAM-DATE-TIME", "#EXT-X-GAP"];

/** Reads a live media playlist line by line; throws PlaylistError where RFC 8216 or hls-parser objects. */
export function readMediaPlaylist(text: string): MediaPlaylist {
  const [first, ...lines] = text.split(/\r?\n/);
  if (first !== "#EXTM3U") throw new PlaylistError("the first line is not #EXTM3U");
  askHlsParser(text);
  const head = new Map<string, string>();
  const entries: PlaylistEntry[] = [];
  let pending = new Map<string, string>();
  for (const line of lines.filter((line) => line !== "")) {
    const [tag = "", ...rest] = line.split(":");
    const value = rest.join(":");
    if (!line.startsWith("#")) {
      const number = Number(/(\d+)\.ts(?:\?.*)?$/.exec(line)?.[1]);
      const seconds = Number.parseFloat(pending.get("#EXTINF") ?? "");
      const time = Date.parse(pending.get("#EXT-X-PROGRAM-DATE-TIME") ?? "");
      entries.push({ number, uri: line, seconds, time, gap: pending.has("#EXT-X-GAP") });
      pending = new Map();
    } else if (Tag.safeParse(line).success) {
      if (!OWN_TAGS.includes(tag)) throw new PlaylistError(`unexpected ${tag}`);
      if (SEGMENT_TAGS.includes(tag)) pending.set(tag, value);
      else if (tag === "#EXT-X-DATERANGE") checkDateRange(value);
      else head.set(tag, value);
    }
  }
  const integer = (tag: string) => {
    const value = head.get(tag);
    if (value === undefined || !/^\d+$/.test(value)) throw new PlaylistError(`${tag} is ${value ?? "missing"}`);
    return Number(value);
  };
  return {
    targetDuration: integer("#EXT-X-TARGETDURATION"),
    mediaSequence: integer("#EXT-X-MEDIA-SEQUENCE"),
    entries,
  };
}

/** An attribute list (RFC 8216, 4.2) of what EXT-X-DATERANGE may have (4.3.2.7); hls-parser reads it more leniently. */
const ATTRIBUTE_LIST = /^(?:(?:^|,)[A-Z0-9-]+=(?:"[^"\r\n]*"|[^",\s]+))+$/;

function checkDateRange(value: string): void {
  const isComplete = /(?:^|,)ID="/.test(value) && /,START-DATE="/.test(value);
  if (!ATTRIBUTE_LIST.test(value) || !isComplete) throw new PlaylistError(`#EXT-X-DATERANGE:${value} is malformed`);
}

setOptions({ strictMode: true });

function askHlsParser(text: string): void {
  try {
    if (!(parse(text) instanceof types.MediaPlaylist)) throw new PlaylistError("hls-parser sees no media playlist");
  } catch (thrown) {
    throw thrown instanceof PlaylistError ? thrown : new PlaylistError(`hls-parser: ${String(thrown)}`);
  }
}

/** What is wrong with a playlist on the timeline, given the one that was read before it. */
export function judgePlaylist(
  playlist: MediaPlaylist,
  before: MediaPlaylist | null,
  framesPerSegment: number,
): string[] {
  const problems: string[] = [];
  const { entries, mediaSequence, targetDuration } = playlist;
  const seconds = segmentSeconds(framesPerSegment);
  if (targetDuration !== Math.round(seconds)) problems.push(`target duration ${targetDuration}`);
  if (entries.length === 0) problems.push("the playlist lists nothing");
  for (const [index, entry] of entries.entries()) {
    const { number } = entry;
    if (number !== mediaSequence + index) problems.push(`${entry.uri} stands at number ${mediaSequence + index}`);
    if (entry.seconds !== seconds) problems.push(`EXTINF of ${number} is ${entry.seconds}`);
    if (entry.time !== segmentTime(number, framesPerSegment)) problems.push(`PROGRAM-DATE-TIME of ${number} is wrong`);
    if (entry.gap) problems.push(`${number} is a gap`);
  }
  if (before) {
    const [last, lastBefore] = [lastNumber(playlist), lastNumber(before)];
    if (mediaSequence < before.mediaSequence) problems.push(`media sequence fell from ${before.mediaSequence}`);
    if (last < lastBefore) problems.push(`${lastBefore} was withdrawn, the newest is ${last}`);
    if (mediaSequence > lastBefore + 1)
      problems.push(`nothing was listed from ${lastBefore + 1} to ${mediaSequence - 1}`);
  }
  return problems;
}

function lastNumber({ mediaSequence, entries }: MediaPlaylist): number {
  return mediaSequence + entries.length - 1;
}
